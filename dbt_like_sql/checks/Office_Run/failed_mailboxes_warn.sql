-- title: the current run warns when a mailbox was not read, or not all of it
-- severity: stop
-- purpose: Status of the current run is `succeeded_with_warnings` when a mailbox is `failed`, `denied` or `partly`, and only then.
-- source: numbers 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select *
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

mailboxes as (
    select count(*) as not_read
    from Office_Mailbox
    where Status in ('failed', 'denied', 'partly')
)

-- a row also when there is no run at all
select run.RunId
from mailboxes
left join current_run as run on true
where
    run.RunId is null
    or (run.Status = 'succeeded_with_warnings') <> (mailboxes.not_read > 0)
