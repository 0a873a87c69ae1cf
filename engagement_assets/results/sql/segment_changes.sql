-- Who joined and left a segment in its last runs, the newest first, and why.
-- Grain: one customer in one run. Nobody joined in the run that had the segment first.
with changed as (
    select
        moved.RunId,
        moved.AsOfTime,
        run.StartedAt,
        moved.CustomerId,
        moved.Change,
        moved.Reason,
        -- not known to older versions, whose tables have no such column
        to_json(moved) ->> 'Cause' as Cause,
        dense_rank() over (order by run.StartedAt desc, moved.RunId asc) as Place
    from Segment_Change as moved
    inner join Office_Run as run on moved.RunId = run.RunId
    where moved.Segment = $segment and moved.Reason is not null
)

select
    changed.RunId,
    changed.AsOfTime,
    changed.CustomerId,
    coalesce(customer.Name, changed.CustomerId) as Label,
    changed.Change,
    changed.Reason,
    changed.Cause,
    count(*) over (partition by changed.RunId, changed.Change) as Alike
from changed
left join Office_Customer as customer on changed.CustomerId = customer.CustomerId
where changed.Place <= $runs
qualify row_number() over (partition by changed.RunId, changed.Change order by Label, changed.CustomerId) <= $each
order by changed.StartedAt desc, changed.RunId asc, changed.Change asc, Label asc, changed.CustomerId asc
