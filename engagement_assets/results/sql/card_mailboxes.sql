-- How complete what was read is. Grain: one row.
select
    count(*) as Selected,
    count(*) filter (where Status in ('processed', 'partly')) as Processed,
    count(*) filter (where Status = 'partly') as Partly,
    count(*) filter (where Status = 'failed') as Failed,
    count(*) filter (where Status = 'denied') as Denied,
    count(*) filter (where Status = 'no_mailbox') as NoMailbox,
    count(*) filter (where Status = 'pending') as Pending,
    min(CoveredFrom) as CoveredFrom,
    min(CoveredTo) as CoveredTo
from Office_Mailbox
