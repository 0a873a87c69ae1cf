-- title: E-mails with sub-accounts
-- purpose: E-mails of the year looked at with an account or any account below it, by direction. An e-mail to two of them counts once.
-- unit: count
with of_group as (
    select
        email_key,
        account_no,
        direction
    from email_account
    where account_no in (select account_no from group_member)
),

-- most e-mails are with one account: only the others could count twice
shared as (
    select email_key
    from of_group
    group by email_key
    having count(*) > 1
),

alone_by_account as (
    select
        account_no,
        direction,
        count(*) as emails
    from of_group
    where email_key not in (select email_key from shared)
    group by account_no, direction
),

shared_by_group as (
    select distinct
        group_member.group_no,
        of_group.direction,
        of_group.email_key
    from of_group
    inner join shared
        on of_group.email_key = shared.email_key
    inner join group_member
        on of_group.account_no = group_member.account_no
),

part as (
    select
        group_member.group_no,
        alone_by_account.direction,
        alone_by_account.emails
    from group_member
    inner join alone_by_account
        on group_member.account_no = alone_by_account.account_no
    union all
    select
        group_no,
        direction,
        1 as emails
    from shared_by_group
    union all
    select
        group_member.group_no,
        way.direction,
        0 as emails
    from group_member
    cross join (values ('to'), ('from')) as way (direction)
)

select
    account.account_id as CustomerId,
    part.direction as Direction, -- to: from us to the group; from: from the group to us
    sum(part.emails) as Value
from part
inner join account
    on part.group_no = account.account_no
group by account.account_id, part.direction
