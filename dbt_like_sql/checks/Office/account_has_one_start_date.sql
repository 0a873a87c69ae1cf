-- title: one EngagementStartDate for each account
-- severity: stop
-- purpose: EngagementStartDate is the same in all rows of an account.
-- source: numbers 5
select CustomerId
from Office
group by CustomerId
having min(EngagementStartDate) <> max(EngagementStartDate)
