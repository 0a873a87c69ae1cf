-- purpose: Contacts among the recipients of an e-mail, whichever copy names them.
-- grain: e-mail, account, contact address
-- source: numbers 2.2, 2.5
with addressed as (
    select
        email_key,
        unnest(recipient_keys) as address_key
    from message_copy
    where unread_reason is null
)

select distinct
    addressed.email_key, -- the e-mail
    contact.account_no, -- the account
    addressed.address_key -- key of the contact's address
from addressed
inner join contact
    on addressed.address_key = contact.address_key
