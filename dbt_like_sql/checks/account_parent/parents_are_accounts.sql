-- title: parents are accounts
-- severity: warn
-- purpose: Every parent that the accounts file names is an account, and no account is above itself.
-- source: docs/segments-and-measures.md
select
    outcome,
    count(*) as accounts
from account_parent
where outcome in ('unknown', 'circle')
group by outcome
