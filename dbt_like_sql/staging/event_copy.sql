-- purpose: One row per calendar item in one mailbox, newest version only, with the reason why it is not read further.
-- grain: copy
-- source: numbers 1 (copy), 3.1, 3.6
-- materialized: view
select
    landed.person_no, -- the owner of the copy
    landed.file_no, -- place of its file among the mailbox's files
    landed.line, -- line in the file
    landed.meeting_key, -- key of the iCalUId, or of the item's own id
    landed.modified_at, -- last modified; null when unknown
    landed.is_organizer, -- the copy in the organiser's calendar
    landed.is_cancelled, -- isCancelled
    landed.is_all_day, -- isAllDay
    landed.is_declined, -- the owner declined
    landed.organizer_key, -- key of the organiser's address
    landed.organizer_domain_key, -- key of the organiser's domain
    landed.participant_keys, -- keys of the organiser and of attendees who did not decline
    landed.declined_keys, -- keys of attendees who declined, though another entry of theirs may not
    landed.resource_keys, -- keys of rooms and equipment, though another entry of theirs may be a person's
    case
        when not landed.is_all_day then landed.start_at
        -- a date that is not in the calendar is far outside the window: any one instant will do
        else coalesce(local_day.starts_at, cast(landed.start_day as timestamp with time zone))
    end as start_at, -- start; local midnight for an all-day meeting
    landed.end_at, -- end, to the instant; it says nothing about an all-day meeting
    case
        when landed.is_series_master then 'series_master'
        when landed.is_removed then 'no_valid_time'
        -- only the dates of an all-day meeting count, so its time zone may be unknown
        when
            landed.is_all_day
            and (
                landed.start_day is null
                or landed.end_day is null
                or landed.end_day < landed.start_day
            )
            then 'no_valid_time'
        when
            not landed.is_all_day
            and (
                landed.start_at is null
                or landed.end_at is null
                or landed.end_at < landed.start_at
            )
            then 'no_valid_time'
    end as unread_reason -- first reason why it is not read further; null when it is
from landed_event as landed
left join event_superseded as superseded
    on
        landed.person_no = superseded.person_no
        and landed.file_no = superseded.file_no
        and landed.line = superseded.line
left join local_day
    on landed.is_all_day and landed.start_day = local_day.day
where superseded.line is null
