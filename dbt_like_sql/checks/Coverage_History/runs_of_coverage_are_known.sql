-- title: Coverage_History knows the runs
-- severity: stop
-- purpose: Every RunId of Coverage_History is in Office_Run, with the same AsOfTime.
-- source: numbers 7
select history.RunId
from Coverage_History as history
left join Office_Run as run on history.RunId = run.RunId
where run.AsOfTime is distinct from history.AsOfTime
