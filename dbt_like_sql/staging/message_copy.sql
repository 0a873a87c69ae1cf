-- purpose: One row per message in one mailbox, newest version only, with the reason why it is not read further.
-- grain: copy
-- source: numbers 1 (copy), 2.1
-- materialized: view
select
    landed.person_no, -- the owner of the copy
    landed.email_key, -- the e-mail that this is a copy of
    landed.sent_at, -- when this copy says it was sent
    landed.modified_at, -- last modified; null when unknown
    landed.file_no, -- place of its file among the mailbox's files
    landed.line, -- line in the file
    landed.sender_key, -- key of the sender's address
    landed.sender_domain_key, -- key of the sender's domain
    landed.recipient_keys, -- keys of the To, Cc and Bcc addresses
    landed.thread, -- conversation; those decoded from Exchange's ids sort first
    case
        when landed.is_invitation then 'invitation'
        when landed.is_draft then 'draft'
        when excluded_folder.folder_key is not null then 'drafts_or_junk'
        when landed.is_removed or landed.sender_key is null or landed.sent_at is null
            then 'no_sender_or_time'
    end as unread_reason -- first reason why it is not read further; null when it is
from landed_message as landed
left join message_superseded as superseded
    on
        landed.person_no = superseded.person_no
        and landed.file_no = superseded.file_no
        and landed.line = superseded.line
left join excluded_folder
    on
        landed.person_no = excluded_folder.person_no
        and landed.folder_key = excluded_folder.folder_key
where superseded.line is null
