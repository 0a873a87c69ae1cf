-- purpose: Addresses that take part in a processed meeting, by its leading copy.
-- grain: meeting, address
-- source: numbers 3.4
select
    meeting_key, -- with start_at: the meeting
    start_at, -- when it starts
    organizer_key, -- key of the organiser's address
    unnest(participant_keys) as address_key -- key of the participant's address
from meeting
where outcome = 'processed'
