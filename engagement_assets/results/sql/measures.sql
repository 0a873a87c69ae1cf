-- The measures that there are; one of them, or all ($measure empty). Grain: one measure.
-- Customers: how many have a value of their own.
with measured as (
    select
        Measure,
        count(distinct CustomerId) as Customers
    from Measure_Value
    group by Measure
)

select
    definition.Measure,
    definition.Title,
    definition.Description,
    definition.Unit,
    definition.Grain,
    definition.Sql,
    coalesce(measured.Customers, 0) as Customers
from Measure_Definition as definition
left join measured on definition.Measure = measured.Measure
where $measure = '' or definition.Measure = $measure
order by lower(definition.Title), definition.Measure
