-- Customers whose parent this one is. Grain: one customer.
select
    CustomerId,
    Name,
    EngagementScore,
    IsEngaged
from Customer_Profile
where ParentId = $customer
order by IsEngaged desc, EngagementScore desc, CustomerId asc
limit 50
