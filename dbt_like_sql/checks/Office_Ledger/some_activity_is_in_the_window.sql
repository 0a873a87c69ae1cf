-- title: some activity is in the window
-- severity: warn
-- purpose: Where e-mails or meetings were read, not all of them lie outside the window.
-- source: numbers 4.2
select
    Item as item,
    cast(sum(case when Outcome = 'outside_window' then Count else 0 end) as bigint) as outside
from Office_Ledger
where Outcome in ('outside_window', 'no_account', 'counted')
group by Item
having
    sum(case when Outcome = 'outside_window' then Count else 0 end) > 0
    and sum(case when Outcome <> 'outside_window' then Count else 0 end) = 0
