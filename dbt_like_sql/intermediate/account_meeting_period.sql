-- purpose: Meetings with an account per year, month and week.
-- grain: account, aggregation level, period
-- source: numbers 4.4, 5
select
    meeting_account.account_no, -- the account
    period.aggregation_level, -- year, month or week
    period.period_start, -- AggregationStartDate
    period.last_day, -- the period's last day, or as_of's day if earlier
    count(*) as meetings, -- all meetings, a third party's too
    count(case when meeting_account.direction = 'from' then 1 end) as meetings_from_account, -- initiated by the account
    count(case when meeting_account.direction = 'to' then 1 end) as meetings_to_account, -- initiated by the organisation
    min(meeting_account.day) as first_meeting_day, -- day of the period's first meeting
    max(meeting_account.day) as last_meeting_day, -- day of the period's last meeting
    count(case when meeting_account.microseconds > 0 then 1 end) as timed_meetings, -- meetings that have part in the average
    cast(sum(meeting_account.microseconds) as bigint) as meeting_microseconds -- their durations together
from meeting_account
inner join period_of_day as period
    on meeting_account.day = period.day
group by
    meeting_account.account_no,
    period.aggregation_level,
    period.period_start,
    period.last_day
