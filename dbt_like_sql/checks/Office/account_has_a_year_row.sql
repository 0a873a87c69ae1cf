-- title: one year row for each account
-- severity: stop
-- purpose: Every account in Office has one row for the year, and all years start on the same day.
-- source: numbers 4, 5
select
    CustomerId,
    cast(null as date) as AggregationStartDate
from Office
group by CustomerId
having count(*) filter (where AggregationLevel = 'year') <> 1
union all
-- every day but the first on which a year starts
select distinct
    cast(null as varchar) as CustomerId,
    AggregationStartDate
from Office
where
    AggregationLevel = 'year'
    and AggregationStartDate
    <> (
        select min(first.AggregationStartDate)
        from Office as first
        where first.AggregationLevel = 'year'
    )
