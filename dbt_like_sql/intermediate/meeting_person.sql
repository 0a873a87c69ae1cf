-- purpose: People of the organisation who take part in a processed meeting.
-- grain: meeting, person
-- source: numbers 3.4
with owner as (
    select
        event_copy.meeting_key,
        event_copy.start_at,
        event_copy.person_no,
        min(case when event_copy.is_declined then 1 else 0 end) as has_declined,
        max(case when event_copy.person_no = meeting.organizer_no then 1 else 0 end) as is_organizer
    from event_copy
    inner join meeting
        on event_copy.meeting_key = meeting.meeting_key and event_copy.start_at = meeting.start_at
    where event_copy.unread_reason is null and meeting.outcome = 'processed'
    group by event_copy.meeting_key, event_copy.start_at, event_copy.person_no
),

entry as (
    select
        meeting_key,
        start_at,
        address_key,
        'participant' as kind,
        case when address_key = organizer_key then 1 else 0 end as is_organizer
    from meeting_participant
    union all
    select
        meeting_key,
        start_at,
        unnest(declined_keys) as address_key,
        'declined' as kind,
        0 as is_organizer
    from meeting
    where outcome = 'processed'
    union all
    select
        meeting_key,
        start_at,
        unnest(resource_keys) as address_key,
        'resource' as kind,
        0 as is_organizer
    from meeting
    where outcome = 'processed'
),

-- one person's addresses are one person: he declined, or is a room, when all his entries say so
named as (
    select
        entry.meeting_key,
        entry.start_at,
        person_address.person_no,
        max(entry.is_organizer) as is_organizer,
        max(case when entry.kind = 'participant' then 1 else 0 end) as is_participant,
        min(case when entry.kind = 'resource' then 1 else 0 end) as is_room
    from entry
    inner join person_address
        on entry.address_key = person_address.address_key
    group by entry.meeting_key, entry.start_at, person_address.person_no
),

known as (
    select
        coalesce(owner.meeting_key, named.meeting_key) as meeting_key,
        coalesce(owner.start_at, named.start_at) as start_at,
        coalesce(owner.person_no, named.person_no) as person_no,
        owner.has_declined,
        coalesce(named.is_participant, 0) as is_participant,
        coalesce(named.is_room, 0) as is_room,
        coalesce(owner.is_organizer, 0) + coalesce(named.is_organizer, 0) as is_organizer
    from owner
    full outer join named
        on
            owner.meeting_key = named.meeting_key
            and owner.start_at = named.start_at
            and owner.person_no = named.person_no
)

select
    meeting_key, -- with start_at: the meeting
    start_at, -- when it starts
    person_no -- a participant by his own answer, or by the leading copy where he has none
from known
where
    is_organizer > 0
    or (has_declined is null and is_participant = 1)
    or (has_declined = 0 and is_room = 0)
