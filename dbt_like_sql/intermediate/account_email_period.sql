-- purpose: E-mails of an account per year, month and week.
-- grain: account, aggregation level, period
-- source: numbers 4.4, 5, 6 (Replies)
with sent as (
    select
        email_account.account_no,
        period.aggregation_level,
        period.period_start,
        period.last_day,
        count(case when email_account.direction = 'to' then 1 end) as emails_to_account,
        count(case when email_account.direction = 'from' then 1 end) as emails_from_account,
        min(email_account.day) as first_email_day,
        max(email_account.day) as last_email_day
    from email_account
    inner join period_of_day as period
        on email_account.day = period.day
    group by
        email_account.account_no,
        period.aggregation_level,
        period.period_start,
        period.last_day
),

replied as (
    select
        reply.account_no,
        period.aggregation_level,
        period.period_start,
        count(*) as replies,
        sum(reply.microseconds) as reply_microseconds
    from reply
    inner join period_of_day as period
        on reply.day = period.day
    group by reply.account_no, period.aggregation_level, period.period_start
)

select
    sent.account_no, -- the account
    sent.aggregation_level, -- year, month or week
    sent.period_start, -- AggregationStartDate
    sent.last_day, -- the period's last day, or as_of's day if earlier
    sent.emails_to_account, -- e-mails to the account
    sent.emails_from_account, -- e-mails from the account
    sent.first_email_day, -- day of the period's first e-mail
    sent.last_email_day, -- day of the period's last e-mail
    coalesce(replied.replies, 0) as replies, -- replies of the account
    cast(replied.reply_microseconds as bigint) as reply_microseconds -- their durations together
from sent
left join replied
    on
        sent.account_no = replied.account_no
        and sent.aggregation_level = replied.aggregation_level
        and sent.period_start = replied.period_start
