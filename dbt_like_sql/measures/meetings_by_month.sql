-- title: Meetings by month
-- purpose: Meetings with any account. A meeting with two accounts counts once.
-- unit: count
with met as (
    select distinct
        meeting_key,
        start_at,
        day
    from meeting_account
)

select
    substring(cast(period.period_start as varchar), 1, 7) as Month, -- the month, such as 2026-11
    count(*) as Value
from met
inner join period_of_day as period
    on met.day = period.day
where period.aggregation_level = 'month'
group by period.period_start
