-- title: every account of Measure_Value is a customer
-- severity: stop
-- purpose: Every CustomerId of Measure_Value is in Office_Customer.
-- source: numbers 7
select used.CustomerId
from Measure_Value as used
left join Office_Customer as customer on used.CustomerId = customer.CustomerId
where
    used.CustomerId is not null
    and customer.CustomerId is null
