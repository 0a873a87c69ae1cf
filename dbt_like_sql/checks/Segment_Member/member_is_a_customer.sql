-- title: every account of Segment_Member is a customer
-- severity: stop
-- purpose: Every CustomerId of Segment_Member is in Office_Customer.
-- source: numbers 7
select used.CustomerId
from Segment_Member as used
left join Office_Customer as customer on used.CustomerId = customer.CustomerId
where
    used.CustomerId is not null
    and customer.CustomerId is null
