-- title: E-mails by month
-- purpose: E-mails with any account, by direction. An e-mail to two accounts counts once.
-- unit: count
with counted as (
    select
        day,
        case when is_from_organisation then 'to' else 'from' end as direction
    from email_head
    where email_key in (select email_key from email_account)
)

select
    substring(cast(period.period_start as varchar), 1, 7) as Month, -- the month, such as 2026-11
    counted.direction as Direction, -- to: from us to a customer; from: from a customer to us
    count(*) as Value
from counted
inner join period_of_day as period
    on counted.day = period.day
where period.aggregation_level = 'month'
group by period.period_start, counted.direction
