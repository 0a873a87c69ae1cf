-- purpose: Every meeting that is read, merged from its copies: its leading copy and what becomes of it.
-- grain: meeting
-- source: numbers 3.2, 3.3
with ranked as (
    select
        event_copy.*,
        row_number() over (
            partition by meeting_key, start_at
            order by
                case when is_organizer then 0 else 1 end asc,
                modified_at desc nulls last,
                item_id desc nulls last,
                person_no asc
        ) as precedence,
        count(*) over (partition by meeting_key, start_at) as copies,
        max(case when is_cancelled then 1 else 0 end) over (
            partition by meeting_key, start_at
        ) as any_cancelled
    from event_copy
    where unread_reason is null
)

select
    ranked.meeting_key, -- with start_at: the meeting
    ranked.start_at, -- when it starts
    ranked.copies, -- copies that it was merged from
    cast(ranked.start_at at time zone run.time_zone as date) as day, -- its day in the configured time zone
    ranked.organizer_key, -- key of the organiser's address
    ranked.participant_keys, -- keys of the participants by the leading copy
    (
        ranked.organizer_key in (select address_key from colleague_address)
        or ranked.organizer_domain_key in (select domain_key from organisation_domain)
    ) as is_by_organisation, -- the organiser is a person, a colleague or in an organisation domain
    case
        when not ranked.is_all_day
            then cast(date_diff('microsecond', ranked.start_at, ranked.end_at) as bigint)
        else 0
    end as microseconds, -- duration; 0 for all-day meetings, which like zero minutes have no part in averages
    case
        when ranked.is_organizer and ranked.is_cancelled then 'cancelled'
        when not ranked.is_organizer and ranked.any_cancelled = 1 then 'cancelled'
        when ranked.start_at between run.window_start and run.as_of then 'processed'
        else 'outside_window'
    end as outcome -- cancelled, outside_window or processed
from ranked
cross join run
where ranked.precedence = 1
