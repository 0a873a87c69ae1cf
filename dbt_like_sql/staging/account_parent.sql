-- purpose: The account above an account, as the accounts file names it, and whether the link counts.
-- grain: account for which the accounts file names a parent
-- source: docs/segments-and-measures.md
with recursive named as (
    select
        account_id,
        parent_id,
        row_number() over (partition by account_id order by line) as choice
    from account_row
    where account_id is not null and parent_id is not null
),

link as (
    select
        child.account_no,
        named.parent_id,
        parent.account_no as parent_no
    from named
    inner join account as child
        on named.account_id = child.account_id
    left join account as parent
        on named.parent_id = parent.account_id
    where named.choice = 1
),

upwards as (
    select
        account_no,
        parent_no
    from link
    where parent_no <> account_no
),

walk as (
    select
        account_no,
        parent_no as reached_no,
        1 as steps
    from upwards
    union all
    select
        walk.account_no,
        upwards.parent_no as reached_no,
        walk.steps + 1 as steps
    from walk
    inner join upwards
        on walk.reached_no = upwards.account_no
    -- a circle ends where it began; one that is only led to has no such end
    where walk.reached_no <> walk.account_no and walk.steps < 64
),

judged as (
    select
        link.account_no,
        link.parent_id,
        link.parent_no,
        case
            when link.parent_no is null then 'unknown'
            when link.parent_no = link.account_no then 'itself'
            when link.account_no in (select account_no from walk where account_no = reached_no) then 'circle'
            else 'accepted'
        end as outcome
    from link
)

select
    account_no, -- the account
    parent_id, -- its parent as the accounts file has it, in the first row that names one
    case when outcome = 'accepted' then parent_no end as parent_no, -- the account above; null when the link does not count
    outcome -- accepted, unknown (no such account), itself, or circle (its parents lead back to it)
from judged
