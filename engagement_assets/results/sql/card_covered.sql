-- The stretch that all mailboxes that count are read of begins and ends here. Grain: one row.
select
    min(CoveredFrom) as CoveredFrom,
    min(CoveredTo) as CoveredTo
from Office_Mailbox
