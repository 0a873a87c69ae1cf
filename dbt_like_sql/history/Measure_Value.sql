-- purpose: What each measure comes to now.
-- grain: Measure, CustomerId, Dimensions
-- source: docs/segments-and-measures.md
select
    measure as Measure,
    customer_id as CustomerId,
    dimensions as Dimensions,
    value as Value
from measure_row
