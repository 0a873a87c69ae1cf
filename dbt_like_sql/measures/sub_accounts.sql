-- title: Sub-accounts
-- purpose: Accounts below an account, at any depth.
-- unit: count
select
    account.account_id as CustomerId,
    count(*) - 1 as Value
from group_member
inner join account
    on group_member.group_no = account.account_no
group by account.account_id
