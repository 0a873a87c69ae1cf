-- How large segments were in the last runs, the oldest first; one of them, or all ($segment empty).
-- Grain: one segment in one run.
select
    history.Segment,
    history.AsOfTime,
    history.Members,
    history.Joined,
    history."Left",
    row_number() over (
        partition by history.Segment
        order by run.StartedAt desc, run.RunId asc
    ) as Age
from Segment_History as history
inner join Office_Run as run on history.RunId = run.RunId
where $segment = '' or history.Segment = $segment
qualify Age <= $runs
order by history.Segment asc, Age desc
