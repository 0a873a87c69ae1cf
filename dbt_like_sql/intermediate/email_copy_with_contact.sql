-- purpose: Copies of the processed e-mails that have a contact as sender or recipient: all that the models below look at.
-- grain: copy
-- source: numbers 2.4, 2.5
with candidate as (
    select email_key from email_recipient_contact
    union
    select message_copy.email_key
    from message_copy
    inner join contact
        on message_copy.sender_key = contact.address_key
    where message_copy.unread_reason is null
),

processed as (
    select candidate.email_key
    from candidate
    inner join email
        on candidate.email_key = email.email_key
    where email.is_processed
)

select
    message_copy.person_no, -- the owner of the copy
    message_copy.email_key, -- the e-mail
    message_copy.sent_at, -- when this copy says it was sent
    message_copy.modified_at, -- last modified; null when unknown
    message_copy.file_no, -- place of its file among the mailbox's files
    message_copy.line, -- line in the file
    message_copy.sender_key, -- key of the sender's address
    message_copy.sender_domain_key, -- key of the sender's domain
    message_copy.recipient_keys, -- keys of the recipients' addresses
    message_copy.thread -- conversation
from message_copy
inner join processed
    on message_copy.email_key = processed.email_key
where message_copy.unread_reason is null
