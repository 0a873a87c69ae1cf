-- purpose: Which mailbox was read, and if not, why. No volumes per person.
-- grain: UserId
-- source: numbers 7
select
    person.user_id as UserId,
    person.email_address as EmailAddress,
    mailbox.status as Status,
    mailbox.reason as Reason,
    mailbox.covered_from as CoveredFrom,
    mailbox.covered_to as CoveredTo
from mailbox
inner join person
    on mailbox.person_no = person.person_no
