-- A measure of the whole business in every run as a file, the newest run first.
-- Grain: one combination of dimensions in one run.
select
    history.RunId,
    history.AsOfTime,
    history.Dimensions,
    history.Value
from Measure_History as history
inner join Office_Run as run on history.RunId = run.RunId
where history.Measure = $measure
order by run.StartedAt desc, history.RunId asc, history.Dimensions asc nulls first
