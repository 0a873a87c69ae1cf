-- title: every account is a customer
-- severity: stop
-- purpose: Every CustomerId of Office is in Office_Customer.
-- source: numbers 7
select distinct office.CustomerId
from Office as office
left join Office_Customer as customer on office.CustomerId = customer.CustomerId
where
    customer.CustomerId is null
    and office.CustomerId is not null
