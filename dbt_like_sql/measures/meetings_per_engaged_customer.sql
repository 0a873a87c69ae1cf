-- title: Meetings per engaged customer
-- purpose: Meetings with an engaged account in the year looked at, on average. A meeting with two accounts counts for both.
-- unit: number
select cast(sum(Meetings) as double) / nullif(count(*), 0) as Value
from Customer_Profile
where IsEngaged
