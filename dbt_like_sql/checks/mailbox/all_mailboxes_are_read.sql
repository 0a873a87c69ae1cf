-- title: all mailboxes are read
-- severity: warn
-- purpose: No mailbox failed, was denied or was read only partly; the results cover less when one was.
-- source: numbers 7
select
    status,
    count(*) as mailboxes
from mailbox
where status in ('failed', 'denied', 'partly')
group by status
