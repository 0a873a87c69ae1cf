-- title: every account has a profile
-- severity: stop
-- purpose: Customer_Profile has the accounts of Office_Customer, with the same names.
-- source: numbers 7
select coalesce(profile.CustomerId, customer.CustomerId) as CustomerId
from Customer_Profile as profile
full join Office_Customer as customer on profile.CustomerId = customer.CustomerId
where
    customer.CustomerId is null
    or profile.CustomerId is null
    or customer.Name is distinct from profile.Name
