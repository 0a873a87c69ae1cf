-- title: the history of segments ends with their members
-- severity: stop
-- purpose: The rows of the current run in Segment_History are the segments of Segment_Definition, with as many Members as Segment_Member has.
-- source: numbers 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select *
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

now as (
    select
        definition.Segment,
        count(member.Segment) as Members
    from Segment_Definition as definition
    left join Segment_Member as member on definition.Segment = member.Segment
    group by definition.Segment
),

history as (
    select
        Segment,
        Members
    from Segment_History
    where RunId in (select RunId from current_run)
)

select coalesce(now.Segment, history.Segment) as Segment
from now
full join history on now.Segment = history.Segment
where now.Members is distinct from history.Members
