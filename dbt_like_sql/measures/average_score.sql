-- title: Average score
-- purpose: The average score of the engaged accounts.
-- unit: score
select cast(sum(cast(EngagementScore as decimal(38, 1))) as double) / nullif(count(*), 0) as Value
from Customer_Profile
where IsEngaged
