-- title: read is the sum of the other outcomes
-- severity: stop
-- purpose: Per item, the count of `read` is the sum of all others.
-- source: numbers 7
select Item
from Office_Ledger
group by Item
having sum(case when Outcome = 'read' then Count else -Count end) <> 0
