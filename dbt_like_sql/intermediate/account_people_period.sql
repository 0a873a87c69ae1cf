-- purpose: Distinct people on both sides of an account per year, month and week.
-- grain: account, aggregation level, period
-- source: numbers 5, 6 (AccountPeople, OwnPeople)
with own as (
    select
        involved.account_no,
        period.aggregation_level,
        period.period_start,
        involved.person_no,
        max(case when involved.kind = 'email' then 1 else 0 end) as in_emails,
        max(case when involved.kind = 'meeting' then 1 else 0 end) as in_meetings
    from account_person_day as involved
    inner join period_of_day as period
        on involved.day = period.day
    group by
        involved.account_no, period.aggregation_level, period.period_start, involved.person_no
),

own_counted as (
    select
        account_no,
        aggregation_level,
        period_start,
        sum(in_emails) as in_emails,
        sum(in_meetings) as in_meetings,
        count(*) as people
    from own
    group by account_no, aggregation_level, period_start
),

theirs as (
    select
        involved.account_no,
        period.aggregation_level,
        period.period_start,
        involved.address_key,
        max(case when involved.kind = 'email' then 1 else 0 end) as in_emails,
        max(case when involved.kind = 'meeting' then 1 else 0 end) as in_meetings
    from account_contact_day as involved
    inner join period_of_day as period
        on involved.day = period.day
    group by
        involved.account_no, period.aggregation_level, period.period_start, involved.address_key
),

theirs_counted as (
    select
        account_no,
        aggregation_level,
        period_start,
        sum(in_emails) as in_emails,
        sum(in_meetings) as in_meetings,
        count(*) as people
    from theirs
    group by account_no, aggregation_level, period_start
)

select
    theirs.account_no, -- the account
    theirs.aggregation_level, -- year, month or week
    theirs.period_start, -- AggregationStartDate
    cast(coalesce(own.in_emails, 0) as bigint) as own_in_emails, -- people of the organisation in e-mails
    cast(coalesce(own.in_meetings, 0) as bigint) as own_in_meetings, -- people of the organisation in meetings
    coalesce(own.people, 0) as own_people, -- people of the organisation in either
    cast(theirs.in_emails as bigint) as contacts_in_emails, -- contacts in e-mails
    cast(theirs.in_meetings as bigint) as contacts_in_meetings, -- contacts in meetings
    theirs.people as contacts -- contacts in either
from theirs_counted as theirs
left join own_counted as own
    on
        theirs.account_no = own.account_no
        and theirs.aggregation_level = own.aggregation_level
        and theirs.period_start = own.period_start
