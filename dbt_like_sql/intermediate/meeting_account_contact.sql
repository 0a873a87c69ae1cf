-- purpose: Contacts of an account who take part in a processed meeting with at least one person of the organisation.
-- grain: meeting, account, contact address
-- source: numbers 3.5
with with_person as (
    select distinct
        meeting_key,
        start_at
    from meeting_person
)

select
    participant.meeting_key, -- with start_at: the meeting
    participant.start_at, -- when it starts
    contact.account_no, -- the account
    participant.address_key -- key of the contact's address
from meeting_participant as participant
inner join with_person
    on
        participant.meeting_key = with_person.meeting_key
        and participant.start_at = with_person.start_at
inner join contact
    on participant.address_key = contact.address_key
