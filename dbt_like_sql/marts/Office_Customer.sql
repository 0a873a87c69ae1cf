-- purpose: Every account of the customer dataset, enriched or not.
-- grain: CustomerId
-- source: numbers 7
select
    account_id as CustomerId,
    name as Name
from account
