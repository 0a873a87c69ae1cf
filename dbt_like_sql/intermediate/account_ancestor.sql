-- purpose: Every account with itself and all accounts above it: what a group's figures are added up by.
-- grain: account, ancestor
-- source: docs/segments-and-measures.md
with recursive walk as (
    select
        account_no,
        account_no as ancestor_no,
        0 as distance
    from account
    union all
    select
        walk.account_no,
        link.parent_no as ancestor_no,
        walk.distance + 1 as distance
    from walk
    inner join account_parent as link
        on walk.ancestor_no = link.account_no
    -- circles are cut open in account_parent, but for those of more accounts than this
    where link.parent_no is not null and walk.distance < 64
)

select
    account_no, -- the account
    ancestor_no, -- itself, or an account above it
    min(distance) as distance -- 0 for itself, 1 for its parent, and so on
from walk
group by account_no, ancestor_no
