-- purpose: Contacts of an account involved, per day.
-- grain: account, day, kind, contact address
-- source: numbers 5, 6 (AccountPeople)
select
    email_account.account_no, -- the account
    email_account.day, -- day in the configured time zone
    'email' as kind, -- email or meeting
    involved.address_key -- key of the contact's address
from email_account
inner join email_account_contact as involved
    on
        email_account.email_key = involved.email_key
        and email_account.account_no = involved.account_no
union
select
    meeting_account.account_no,
    meeting_account.day,
    'meeting' as kind,
    involved.address_key
from meeting_account
inner join meeting_account_contact as involved
    on
        meeting_account.meeting_key = involved.meeting_key
        and meeting_account.start_at = involved.start_at
        and meeting_account.account_no = involved.account_no
