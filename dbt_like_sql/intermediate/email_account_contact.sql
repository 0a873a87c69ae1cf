-- purpose: Contacts of an account involved in its e-mails: those among the recipients, and the sender of an e-mail from it.
-- grain: e-mail, account, contact address
-- source: numbers 2.6
select
    email_account.email_key, -- the e-mail
    email_account.account_no, -- the account
    recipient.address_key -- key of the contact's address
from email_account
inner join email_recipient_contact as recipient
    on
        email_account.email_key = recipient.email_key
        and email_account.account_no = recipient.account_no
union
select
    email_account.email_key,
    email_account.account_no,
    head.sender_key as address_key
from email_account
inner join email_head as head
    on email_account.email_key = head.email_key
where email_account.direction = 'from'
