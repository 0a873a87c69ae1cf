-- Which mailboxes count otherwise than in the run before. Grain: one row.
select
    history.Came,
    history.Gone,
    history.Changed
from Coverage_History as history
inner join Office_Run as run on history.RunId = run.RunId
order by run.StartedAt desc, run.RunId asc
limit 1
