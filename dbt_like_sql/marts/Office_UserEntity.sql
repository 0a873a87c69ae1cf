-- purpose: The people of the organisation whose mailboxes were selected.
-- grain: UserId
-- source: numbers 7
select
    user_id as UserId,
    email_address as EmailAddress
from person
