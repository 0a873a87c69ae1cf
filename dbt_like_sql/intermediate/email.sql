-- purpose: Every e-mail that is read, merged from its copies, and whether it lies in the window.
-- grain: e-mail
-- source: numbers 2.2-2.4
with merged as (
    select
        email_key,
        min(sent_at) as sent_at,
        count(*) as copies
    from message_copy
    where unread_reason is null
    group by email_key
)

select
    merged.email_key, -- the e-mail
    merged.sent_at, -- when it was sent, by its earliest copy
    merged.copies, -- copies that it was merged from
    merged.sent_at between run.window_start and run.as_of as is_processed -- lies in the window
from merged
cross join run
