-- title: every measure is defined
-- severity: stop
-- purpose: Every Measure of Measure_Value is in Measure_Definition.
-- source: numbers 7
select used.Measure
from Measure_Value as used
left join Measure_Definition as definition on used.Measure = definition.Measure
where definition.Measure is null
