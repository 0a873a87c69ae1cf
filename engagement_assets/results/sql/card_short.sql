-- How many mailboxes count, but were not read up to the moment $until. Grain: one row.
select
    count(*) filter (
        where
        CoveredFrom is not null
        and (Status = 'partly' or (Status <> 'processed' and CoveredTo < $until))
    ) as Short
from Office_Mailbox
