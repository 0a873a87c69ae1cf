-- title: E-mails by month
-- purpose: E-mails with any account, by direction. An e-mail to two accounts counts once.
-- unit: count
select
    substring(cast(period.period_start as varchar), 1, 7) as Month,
    email_account.direction as Direction, -- to: from us to a customer; from: from a customer to us
    count(distinct email_account.email_key) as Value
from email_account
inner join period_of_day as period
    on email_account.day = period.day
where period.aggregation_level = 'month'
group by period.period_start, email_account.direction
