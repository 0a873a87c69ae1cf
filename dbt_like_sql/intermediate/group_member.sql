-- purpose: The accounts of each group. A group is an account that has others below it; it belongs to its own group.
-- grain: group, account
-- source: docs/segments-and-measures.md
with head as (
    select distinct ancestor_no
    from account_ancestor
    where distance > 0
)

select
    member.ancestor_no as group_no, -- the account at the top of the group
    member.account_no -- itself, or an account somewhere below it
from account_ancestor as member
inner join head
    on member.ancestor_no = head.ancestor_no
