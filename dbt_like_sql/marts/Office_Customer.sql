-- purpose: Every account of the customer dataset, engaged or not.
-- grain: CustomerId
-- source: numbers 7
select
    account_id as CustomerId,
    name as Name
from account
