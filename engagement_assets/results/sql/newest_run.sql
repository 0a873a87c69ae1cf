-- The moment that the newest run was about. Grain: one row.
select AsOfTime
from Office_Run
order by StartedAt desc, RunId asc
limit 1
