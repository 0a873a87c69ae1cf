-- purpose: People of the organisation involved with an account, per day.
-- grain: account, day, kind, person
-- source: numbers 5, 6 (OwnPeople)
select
    email_account.account_no, -- the account
    email_account.day, -- day in the configured time zone
    'email' as kind, -- email or meeting
    email_person.person_no -- the person
from email_account
inner join email_person
    on email_account.email_key = email_person.email_key
union
select
    meeting_account.account_no,
    meeting_account.day,
    'meeting' as kind,
    meeting_person.person_no
from meeting_account
inner join meeting_person
    on
        meeting_account.meeting_key = meeting_person.meeting_key
        and meeting_account.start_at = meeting_person.start_at
