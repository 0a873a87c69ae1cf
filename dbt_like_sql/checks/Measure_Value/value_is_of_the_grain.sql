-- title: values are of the measure's grain
-- severity: stop
-- purpose: A value has a CustomerId when the measure's Grain is `customer`, and only then.
-- source: numbers 7
select value.Measure
from Measure_Value as value
inner join Measure_Definition as definition on value.Measure = definition.Measure
where (definition.Grain = 'customer') <> (value.CustomerId is not null)
