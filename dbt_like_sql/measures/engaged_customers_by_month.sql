-- title: Engaged customers by month
-- purpose: Accounts with an e-mail or a meeting in the month.
-- unit: count
select
    substring(cast(AggregationStartDate as varchar), 1, 7) as Month, -- the month, by its first day
    count(*) as Value
from Office
where AggregationLevel = 'month'
group by AggregationStartDate
