-- purpose: People of the organisation who take part in a processed meeting.
-- grain: meeting, person
-- source: numbers 3.4
with owner as (
    select
        event_copy.meeting_key,
        event_copy.start_at,
        event_copy.person_no,
        min(case when event_copy.is_declined then 1 else 0 end) as has_declined
    from event_copy
    inner join meeting
        on event_copy.meeting_key = meeting.meeting_key and event_copy.start_at = meeting.start_at
    where event_copy.unread_reason is null and meeting.outcome = 'processed'
    group by event_copy.meeting_key, event_copy.start_at, event_copy.person_no
),

named as (
    select
        participant.meeting_key,
        participant.start_at,
        person_address.person_no,
        max(
            case when participant.address_key = participant.organizer_key then 1 else 0 end
        ) as is_organizer
    from meeting_participant as participant
    inner join person_address
        on participant.address_key = person_address.address_key
    group by participant.meeting_key, participant.start_at, person_address.person_no
)

select
    meeting_key, -- with start_at: the meeting
    start_at, -- when it starts
    person_no -- a participant by his own answer, or by the leading copy where he has none
from owner
where has_declined = 0
union
select
    named.meeting_key,
    named.start_at,
    named.person_no
from named
left join owner
    on
        named.meeting_key = owner.meeting_key
        and named.start_at = owner.start_at
        and named.person_no = owner.person_no
where named.is_organizer = 1 or owner.person_no is null
