-- What a measure comes to for each customer, or those whose name or id holds a text.
-- Grain: one customer and one combination of dimensions.
select
    value.CustomerId,
    customer.Name,
    coalesce(customer.Name, value.CustomerId) as Label,
    value.Dimensions,
    value.Value
from Measure_Value as value
inner join Office_Customer as customer on value.CustomerId = customer.CustomerId
where
    value.Measure = $measure
    and (
        $search = ''
        or contains(
            lower(strip_accents(coalesce(customer.Name, ''))), lower(strip_accents($search))
        )
        or contains(lower(strip_accents(value.CustomerId)), lower(strip_accents($search)))
    )
