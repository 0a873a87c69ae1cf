-- The mailboxes that were not read. Grain: one person.
select
    Status,
    Reason,
    coalesce(EmailAddress, UserId) as Person
from Office_Mailbox
where Status <> 'processed'
order by Status, Person
