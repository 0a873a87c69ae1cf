-- purpose: Meetings with an account and who initiated them.
-- grain: meeting, account
-- source: numbers 3.5, 3.6
with attended as (
    select distinct
        meeting_key,
        start_at,
        account_no
    from meeting_account_contact
)

select
    attended.meeting_key, -- with start_at: the meeting
    attended.start_at, -- when it starts
    attended.account_no, -- the account
    meeting.day, -- its day in the configured time zone
    case
        when meeting.is_by_organisation then 'to'
        when organiser.address_key is not null then 'from'
    end as direction, -- to: initiated by the organisation; from: by the account; null: by a third party
    meeting.microseconds -- duration, 0 when it has no part in averages
from attended
inner join meeting
    on attended.meeting_key = meeting.meeting_key and attended.start_at = meeting.start_at
left join contact as organiser
    on
        attended.account_no = organiser.account_no
        and meeting.organizer_key = organiser.address_key
