-- How many customers had a higher score in an earlier run. Grain: one row.
select count(*) as Higher
from Office_ScoreHistory
where RunId = $run and EngagementScore > $score
