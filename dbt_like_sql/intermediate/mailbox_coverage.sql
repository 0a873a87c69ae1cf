-- purpose: How each mailbox counts in this run, and how it counted in the run before.
-- grain: user_id
-- source: docs/segments-and-measures.md
with this_run as (
    select
        lower(person.user_id) as user_id,
        mailbox.status,
        mailbox.covered_from is not null as counts,
        mailbox.status in ('failed', 'denied', 'pending') and mailbox.covered_to < run.as_of as is_behind,
        mailbox.status = 'partly' as is_partly
    from mailbox
    inner join person
        on mailbox.person_no = person.person_no
    cross join run
),

last_run as (
    select
        -- earlier versions published ids as the directory spells them
        lower(previous_mailbox.UserId) as user_id,
        previous_mailbox.CoveredFrom is not null as counts,
        previous_mailbox.Status in ('failed', 'denied', 'pending')
        and previous_mailbox.CoveredTo < run_before.as_of as is_behind,
        previous_mailbox.Status = 'partly' as is_partly
    from previous_mailbox
    cross join run_before
),

compared as (
    select
        coalesce(this_run.user_id, last_run.user_id) as user_id,
        this_run.status,
        coalesce(this_run.counts, false) as counts,
        coalesce(last_run.counts, false) as counted_before,
        coalesce(this_run.is_behind, false) as is_behind,
        coalesce(last_run.is_behind, false) as was_behind,
        coalesce(this_run.is_partly, false) as is_partly,
        coalesce(last_run.is_partly, false) as was_partly
    from this_run
    full outer join last_run
        on this_run.user_id = last_run.user_id
)

select
    user_id, -- Entra object id, in lower case
    status, -- what became of it in this run; null when the person is not selected any more
    counts, -- whether anything of it counts
    counted_before, -- whether anything of it counted in the run before
    is_behind, -- it was not read this time, and what earlier runs read ends before this one's moment
    is_partly, -- its meetings were not read
    counts <> counted_before
    or (counts and (is_behind or was_behind or is_partly <> was_partly)) as is_changed -- its part in the figures can differ from the run before, though nobody wrote or met less
from compared
