-- title: Engaged customers by month
-- purpose: Accounts with an e-mail or a meeting in the month.
-- unit: count
select
    substring(cast(AggregationStartDate as varchar), 1, 7) as Month, -- the month, such as 2026-11
    count(*) as Value
from Office
where AggregationLevel = 'month'
group by AggregationStartDate
