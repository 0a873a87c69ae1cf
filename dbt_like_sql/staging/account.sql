-- purpose: Every account of the customer dataset, with a dense number for joins.
-- grain: account
-- source: numbers 7 (Office_Customer)
with named as (
    select
        account_id,
        name,
        row_number() over (
            partition by account_id
            order by case when name is null then 1 else 0 end, line
        ) as choice
    from account_row
    where account_id is not null
),

listed as (
    select account_id from contact_row
    where account_id is not null
    union
    select account_id from account_row
    where account_id is not null
)

select
    cast(row_number() over (order by listed.account_id) as integer) as account_no, -- dense number, in the order of account ids
    listed.account_id, -- account id as the customer dataset has it, trimmed
    named.name -- the first name that the accounts file gives, null when unknown
from listed
left join named
    on listed.account_id = named.account_id and named.choice = 1
