-- How many mailboxes count, and what became of the others. Grain: one row.
select
    count(*) filter (where Status <> 'no_mailbox') as Mailboxes,
    count(*) filter (where Status <> 'no_mailbox' and CoveredFrom is null) as Unread,
    count(*) filter (where Status = 'failed') as Failed,
    count(*) filter (where Status = 'denied') as Denied,
    count(*) filter (where Status = 'pending') as Pending,
    count(*) filter (where Status = 'partly') as Partly
from Office_Mailbox
