-- The measures that there are. Grain: one measure; only one of them unless $measure is empty.
select
    definition.Measure,
    definition.Title,
    definition.Description,
    definition.Unit,
    definition.Grain,
    definition.Sql,
    count(value.Measure) as Rows,
    count(value.Dimensions) > 0 as HasDimensions
from Measure_Definition as definition
left join Measure_Value as value on definition.Measure = value.Measure
where $measure = '' or definition.Measure = $measure
group by all
order by lower(definition.Title), definition.Measure
