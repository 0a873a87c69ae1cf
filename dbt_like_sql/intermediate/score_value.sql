-- purpose: The seven values that the engagement score is made of.
-- grain: account, aggregation level, period, component
-- source: numbers 6
-- materialized: view
with measured as (
    select
        account_no,
        aggregation_level,
        period_start,
        emails_from_account,
        least(emails_to_account, emails_from_account) as two_way_emails,
        replies,
        meetings,
        contacts,
        own_people,
        least(days_since_email, days_since_meeting) as days_since_last
    from account_period
)

select
    measured.account_no, -- the account
    measured.aggregation_level, -- year, month or week
    measured.period_start, -- AggregationStartDate
    score_weight.component, -- part of the score
    score_weight.weight, -- the most points that it can give
    case score_weight.component
        when 'EmailsFromAccount' then cast(measured.emails_from_account as double)
        when 'TwoWayEmails' then cast(measured.two_way_emails as double)
        when 'Replies' then cast(measured.replies as double)
        when 'Meetings' then cast(measured.meetings as double)
        when 'AccountPeople' then cast(measured.contacts as double)
        when 'OwnPeople' then cast(measured.own_people as double)
        when 'Recency' then 1 / (1 + cast(measured.days_since_last as double))
    end as value -- what is measured, 0 for nothing
from measured
cross join score_weight
