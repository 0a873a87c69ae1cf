-- purpose: Typed message versions of one batch; addresses and ids become keys once, here.
-- grain: line of a messages file
-- source: contract 1, 2.1-2.3, 2.7
with read as (
    select
        *,
        coalesce(
            normalised_address(json_extract_string("from", '$.emailAddress.address')),
            normalised_address(json_extract_string(sender, '$.emailAddress.address'))
        ) as sender_address,
        nullif(id, '') as item_id
    from incoming_message($file)
)

select
    file_id,
    line,
    key_of(item_id) as item_key,
    instant("lastModifiedDateTime") as modified_at,
    "@removed" is not null as is_removed,
    -- an item without any id is an e-mail of its own
    key_of(
        coalesce(nullif(trimmed("internetMessageId"), ''), item_id, file_id || ':' || line)
    ) as email_key,
    coalesce(
        starts_with(lower(split_part("@odata.type", '.', -1)), 'eventmessage'), false
    ) as is_invitation,
    coalesce("isDraft" = 'true', false) as is_draft,
    key_of("parentFolderId") as folder_key,
    instant("sentDateTime") as sent_at,
    sender_address,
    key_of(sender_address) as sender_key,
    key_of(domain_of(sender_address)) as sender_domain_key,
    normalised_keys(
        list_concat(
            json_extract_string("toRecipients", '$[*].emailAddress.address'),
            json_extract_string("ccRecipients", '$[*].emailAddress.address'),
            json_extract_string("bccRecipients", '$[*].emailAddress.address')
        )
    ) as recipient_keys,
    thread_of("conversationId") as thread
from read
order by sent_at, email_key, file_id, line
