-- How many customers had a higher score in the run before. Grain: one row.
select count(*) as Higher
from Customer_Profile
where ScoreBefore > $score
