-- title: E-mails with sub-accounts
-- purpose: E-mails of the year looked at with an account or any account below it, by direction. An e-mail to two of them counts once.
-- unit: count
select
    account.account_id as CustomerId,
    way.direction as Direction, -- to: from us to the group; from: from the group to us
    count(distinct email_account.email_key) as Value
from group_member
inner join account
    on group_member.group_no = account.account_no
cross join (values ('to'), ('from')) as way (direction)
left join email_account
    on
        group_member.account_no = email_account.account_no
        and way.direction = email_account.direction
group by account.account_id, way.direction
