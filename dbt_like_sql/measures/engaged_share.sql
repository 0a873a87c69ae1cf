-- title: Share of engaged customers
-- purpose: The part of all accounts with which there was an e-mail or a meeting in the year looked at.
-- unit: share
select cast(count(case when IsEngaged then 1 end) as double) / nullif(count(*), 0) as Value
from Customer_Profile
