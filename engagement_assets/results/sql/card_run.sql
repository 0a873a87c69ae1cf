-- The newest run. Grain: one row.
select *
from Office_Run
order by StartedAt desc, RunId asc
limit 1
