-- title: all mailboxes are read
-- severity: warn
-- purpose: No mailbox failed or was denied; the results cover less when one did.
-- source: numbers 7
select
    status,
    count(*) as mailboxes
from mailbox
where status in ('failed', 'denied')
group by status
