-- purpose: Replies of an account: in one thread, an e-mail from it directly after an e-mail to it.
-- grain: reply (e-mail from an account)
-- source: numbers 2.8
with ordered as (
    select
        email_key,
        account_no,
        direction,
        sent_at,
        day,
        lag(direction) over thread_of_account as previous_direction,
        lag(sent_at) over thread_of_account as previous_sent_at
    from email_account
    where thread is not null
    -- e-mails of one time and direction may change places: neither day nor duration would change
    window
        thread_of_account as (
            partition by account_no, thread
            order by sent_at, case direction when 'to' then 0 else 1 end, email_key
        )
)

select
    email_key, -- the e-mail from the account
    account_no, -- the account
    day, -- day of the reply
    cast(date_diff('microsecond', previous_sent_at, sent_at) as bigint) as microseconds -- from the e-mail to the account until the reply
from ordered
where direction = 'from' and previous_direction = 'to'
