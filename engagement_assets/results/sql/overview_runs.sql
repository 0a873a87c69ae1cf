-- All runs, the oldest first. Grain: one run.
select *
from Office_Run
order by AsOfTime, StartedAt, RunId
