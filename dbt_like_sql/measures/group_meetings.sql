-- title: Meetings with sub-accounts
-- purpose: Meetings of the year looked at with an account or any account below it. A meeting with two of them counts once.
-- unit: count
with met as (
    select distinct
        group_member.group_no,
        meeting_account.meeting_key,
        meeting_account.start_at
    from group_member
    inner join meeting_account
        on group_member.account_no = meeting_account.account_no
),

counted as (
    select
        group_no,
        count(*) as meetings
    from met
    group by group_no
),

head as (
    select distinct group_no from group_member
)

select
    account.account_id as CustomerId,
    coalesce(counted.meetings, 0) as Value
from head
inner join account
    on head.group_no = account.account_no
left join counted
    on head.group_no = counted.group_no
