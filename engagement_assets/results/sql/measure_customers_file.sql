-- A measure of each customer as a file. Grain: one customer and one combination of dimensions.
select
    value.CustomerId,
    customer.Name,
    value.Dimensions,
    value.Value
from Measure_Value as value
left join Office_Customer as customer on value.CustomerId = customer.CustomerId
where value.Measure = $measure
order by value.Value desc nulls last, value.CustomerId asc, value.Dimensions asc
