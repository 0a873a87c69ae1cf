-- Those of the customers $customers that have no e-mail and no meeting. Grain: one customer.
select CustomerId
from Customer_Profile
where not IsEngaged and list_contains($customers, CustomerId)
