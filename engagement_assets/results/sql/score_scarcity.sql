-- How many customers of the year have anything of each part of the score. Grain: one part.
select
    Component,
    max(Weight) as Weight,
    count(*) as Customers,
    count(*) filter (where Value > 0) as WithAny
from Office_ScoreContribution
where PrimaryKey in (select PrimaryKey from Office where AggregationLevel = 'year')
group by Component
