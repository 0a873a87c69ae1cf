-- purpose: One row per calendar item in one mailbox, newest version only, with the reason why it is not read further.
-- grain: copy
-- source: contract 1 (copy), 3.1, 3.6
with versions as (
    select
        landed.*,
        row_number() over (
            partition by landed.person_no, landed.item_key
            order by landed.modified_at desc nulls last, landed.file_no desc, landed.line desc
        ) as newness
    from landed_event as landed
)

select
    versions.person_no, -- the owner of the copy
    versions.item_id, -- the item's id, only to decide between copies
    versions.meeting_key, -- key of the iCalUId, or of the item's own id
    versions.modified_at, -- last modified; null when unknown
    versions.is_organizer, -- the copy in the organiser's calendar
    versions.is_cancelled, -- isCancelled
    versions.is_all_day, -- isAllDay
    versions.is_declined, -- the owner declined
    versions.organizer_key, -- key of the organiser's address
    versions.organizer_domain_key, -- key of the organiser's domain
    versions.participant_keys, -- keys of the organiser and of attendees who did not decline
    case
        when not versions.is_all_day then versions.start_at
        -- a date that is not in the calendar is far outside the window: any one instant will do
        else coalesce(local_day.starts_at, cast(versions.start_day as timestamp with time zone))
    end as start_at, -- start; local midnight for an all-day meeting
    versions.end_at, -- end
    case
        when versions.is_series_master then 'series_master'
        when
            versions.is_removed
            or versions.start_at is null
            or versions.end_at is null
            or (versions.is_all_day and versions.end_day < versions.start_day)
            or (not versions.is_all_day and versions.end_at < versions.start_at)
            then 'no_valid_time'
    end as unread_reason -- first reason why it is not read further; null when it is
from versions
left join local_day
    on versions.is_all_day and versions.start_day = local_day.day
where versions.newness = 1 or versions.item_key is null
