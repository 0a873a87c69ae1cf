-- purpose: People of the organisation who take part in a processed meeting.
-- grain: meeting, person
-- source: numbers 3.4
with processed as (
    select
        meeting_key,
        start_at,
        organizer_no,
        declined_keys,
        resource_keys
    from meeting
    where outcome = 'processed'
),

owner as (
    select
        event_copy.meeting_key,
        event_copy.start_at,
        event_copy.person_no,
        min(case when event_copy.is_declined then 1 else 0 end) as has_declined,
        max(case when event_copy.person_no = processed.organizer_no then 1 else 0 end) as is_organizer
    from event_copy
    inner join processed
        on
            event_copy.meeting_key = processed.meeting_key
            and event_copy.start_at = processed.start_at
    where event_copy.unread_reason is null
    group by event_copy.meeting_key, event_copy.start_at, event_copy.person_no
),

entry as (
    select
        meeting_key,
        start_at,
        address_key,
        case when address_key = organizer_key then 'organizer' else 'participant' end as kind
    from meeting_participant
    union all
    select
        meeting_key,
        start_at,
        unnest(declined_keys) as address_key,
        'declined' as kind
    from processed
    union all
    select
        meeting_key,
        start_at,
        unnest(resource_keys) as address_key,
        'resource' as kind
    from processed
),

-- one person's addresses are one person: he declined, or is a room, when all his entries say so
named as (
    select
        entry.meeting_key,
        entry.start_at,
        person_address.person_no,
        max(case when entry.kind = 'organizer' then 1 else 0 end) as is_organizer,
        max(case when entry.kind = 'participant' then 1 else 0 end) as is_participant,
        min(case when entry.kind = 'resource' then 1 else 0 end) as is_room
    from entry
    inner join person_address
        on entry.address_key = person_address.address_key
    group by entry.meeting_key, entry.start_at, person_address.person_no
)

select
    coalesce(owner.meeting_key, named.meeting_key) as meeting_key, -- with start_at: the meeting
    coalesce(owner.start_at, named.start_at) as start_at, -- when it starts
    coalesce(owner.person_no, named.person_no) as person_no -- a participant by his own answer, or by the leading copy where he has none
from owner
full outer join named
    on
        owner.meeting_key = named.meeting_key
        and owner.start_at = named.start_at
        and owner.person_no = named.person_no
where
    owner.is_organizer = 1
    or named.is_organizer = 1
    or (owner.person_no is null and named.is_participant = 1)
    or (owner.has_declined = 0 and coalesce(named.is_room, 0) = 0)
