-- purpose: E-mails to and from an account.
-- grain: e-mail, account
-- source: numbers 2.5
select distinct
    head.email_key, -- the e-mail
    recipient.account_no, -- the account
    'to' as direction, -- to or from the account
    head.sent_at, -- when it was sent
    head.day, -- its day in the configured time zone
    head.thread -- conversation; null when there is none
from email_head as head
inner join email_recipient_contact as recipient
    on head.email_key = recipient.email_key
where head.is_from_organisation
union all
select
    head.email_key,
    contact.account_no,
    'from' as direction,
    head.sent_at,
    head.day,
    head.thread
from email_head as head
inner join contact
    on head.sender_key = contact.address_key
