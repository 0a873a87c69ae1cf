-- purpose: Distinct people on both sides of an account per year, month and week.
-- grain: account, aggregation level, period
-- source: contract 5, 6 (AccountPeople, OwnPeople)
with own as (
    select
        involved.account_no,
        period.aggregation_level,
        period.period_start,
        count(distinct case when involved.kind = 'email' then involved.person_no end) as in_emails,
        count(
            distinct case when involved.kind = 'meeting' then involved.person_no end
        ) as in_meetings,
        count(distinct involved.person_no) as people
    from account_person_day as involved
    inner join period_of_day as period
        on involved.day = period.day
    group by involved.account_no, period.aggregation_level, period.period_start
),

theirs as (
    select
        involved.account_no,
        period.aggregation_level,
        period.period_start,
        count(
            distinct case when involved.kind = 'email' then involved.address_key end
        ) as in_emails,
        count(
            distinct case when involved.kind = 'meeting' then involved.address_key end
        ) as in_meetings,
        count(distinct involved.address_key) as people
    from account_contact_day as involved
    inner join period_of_day as period
        on involved.day = period.day
    group by involved.account_no, period.aggregation_level, period.period_start
)

select
    theirs.account_no, -- the account
    theirs.aggregation_level, -- year, month or week
    theirs.period_start, -- AggregationStartDate
    coalesce(own.in_emails, 0) as own_in_emails, -- people of the organisation in e-mails
    coalesce(own.in_meetings, 0) as own_in_meetings, -- people of the organisation in meetings
    coalesce(own.people, 0) as own_people, -- people of the organisation in either
    theirs.in_emails as contacts_in_emails, -- contacts in e-mails
    theirs.in_meetings as contacts_in_meetings, -- contacts in meetings
    theirs.people as contacts -- contacts in either
from theirs
left join own
    on
        theirs.account_no = own.account_no
        and theirs.aggregation_level = own.aggregation_level
        and theirs.period_start = own.period_start
