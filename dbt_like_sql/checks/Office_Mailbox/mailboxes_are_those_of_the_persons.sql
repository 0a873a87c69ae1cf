-- title: the mailboxes are those of the persons
-- severity: stop
-- purpose: Office_Mailbox has a row for every person of Office_UserEntity, with the same address, and no others.
-- source: numbers 7
select coalesce(mailbox.UserId, person.UserId) as UserId
from Office_Mailbox as mailbox
full join Office_UserEntity as person on mailbox.UserId = person.UserId
where mailbox.EmailAddress is distinct from person.EmailAddress
