-- purpose: Typed message versions of one batch; addresses and ids become keys once, here.
-- grain: line of a messages file
-- source: numbers 1, 2.1-2.3, 2.7
with message as (
    select
        file_id,
        line,
        nullif(text_of(id), '') as item_id,
        trimmed(text_of("internetMessageId")) as message_id,
        text_of("lastModifiedDateTime") as modified_at,
        is_given("@removed") as is_removed,
        lower(split_part(text_of("@odata.type"), '.', -1)) as type,
        is_true("isDraft") as is_draft,
        text_of("parentFolderId") as folder_id,
        text_of("sentDateTime") as sent_at,
        text_of("conversationId") as conversation_id,
        coalesce(
            normalised_address(text_at("from", '$.emailAddress.address')),
            normalised_address(text_at(sender, '$.emailAddress.address'))
        ) as sender_address,
        recipients("toRecipients")
        || recipients("ccRecipients")
        || recipients("bccRecipients") as recipients
    from incoming_message($file)
)

select
    file_id,
    line,
    key_of(item_id) as item_key,
    instant(modified_at) as modified_at,
    is_removed,
    key_of(
        case
            -- nearly every id has an @, which is text and seen at once
            when contains(message_id, '@') then message_id
            when
                message_id <> ''
                and not (
                    starts_with(message_id, '<')
                    and ends_with(message_id, '>')
                    and trimmed(message_id[2:-2]) = ''
                )
                then message_id
            -- an item without any id is an e-mail of its own
            else coalesce(item_id, file_id || ':' || line)
        end
    ) as email_key,
    coalesce(starts_with(type, 'eventmessage'), false) as is_invitation,
    is_draft,
    key_of(folder_id) as folder_key,
    instant(sent_at) as sent_at,
    key_of(sender_address) as sender_key,
    key_of(domain_of(sender_address)) as sender_domain_key,
    normalised_keys([text_of(address) for address in recipients]) as recipient_keys,
    thread_of(conversation_id) as thread
from message
order by sent_at, email_key, file_id, line
