-- title: Days since last contact with sub-accounts
-- purpose: Days since the last e-mail or meeting with an account or any account below it. Empty when there was none in the year looked at.
-- unit: days
select
    account.account_id as CustomerId,
    min(profile.DaysSinceLastContact) as Value
from group_member
inner join account
    on group_member.group_no = account.account_no
inner join account as member
    on group_member.account_no = member.account_no
inner join Customer_Profile as profile
    on member.account_id = profile.CustomerId
group by account.account_id
