-- purpose: Every meeting that is read, merged from its copies: its leading copy and what becomes of it.
-- grain: meeting
-- source: numbers 3.2-3.4, 3.6
with ranked as (
    select
        event_copy.*,
        row_number() over (
            partition by meeting_key, start_at
            order by
                case when is_organizer then 0 else 1 end asc,
                modified_at desc nulls last,
                person_no asc, -- persons are numbered in the order of object ids
                file_no desc,
                line desc
        ) as precedence,
        count(*) over (partition by meeting_key, start_at) as copies,
        max(case when is_cancelled then 1 else 0 end) over (
            partition by meeting_key, start_at
        ) as any_cancelled
    from event_copy
    where unread_reason is null
),

led as (
    select
        ranked.*,
        coalesce(
            organizer_key in (select address_key from colleague_address), false
        ) as is_by_colleague,
        coalesce(
            organizer_domain_key in (select domain_key from organisation_domain), false
        ) as is_by_domain,
        cast(date_diff('microsecond', start_at, end_at) as bigint) as microseconds
    from ranked
    where precedence = 1
),

organised as (
    select
        led.*,
        -- without a domain there is no address, or an X.500 name, which is a colleague's or nobody's
        case
            when is_organizer and organizer_domain_key is null and not is_by_colleague
                then person_no
        end as organizer_no
    from led
)

select
    organised.meeting_key, -- with start_at: the meeting
    organised.start_at, -- when it starts
    organised.copies, -- copies that it was merged from
    cast(organised.start_at at time zone run.time_zone as date) as day, -- its day in the configured time zone
    organised.organizer_key, -- key of the organiser's address
    organised.organizer_no, -- the leading copy's owner, where he is the organiser and his address there says nothing
    organised.participant_keys, -- keys of the participants by the leading copy
    organised.declined_keys, -- keys of those who declined by an entry of the leading copy
    organised.resource_keys, -- keys of rooms and equipment by an entry of the leading copy
    (
        organised.is_by_colleague
        or organised.is_by_domain
        or organised.organizer_no is not null
    ) as is_by_organisation, -- the organiser is a person, a colleague or in an organisation domain
    case
        when organised.is_all_day then 0
        when organised.microseconds > 604800000000 then 0 -- seven days
        else organised.microseconds
    end as microseconds, -- duration; 0 for all-day and very long meetings, which like zero minutes have no part in averages
    case
        when organised.is_organizer and organised.is_cancelled then 'cancelled'
        when not organised.is_organizer and organised.any_cancelled = 1 then 'cancelled'
        when organised.start_at between run.window_start and run.as_of then 'processed'
        else 'outside_window'
    end as outcome -- cancelled, outside_window or processed
from organised
cross join run
