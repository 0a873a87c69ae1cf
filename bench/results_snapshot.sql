-- A published snapshot of many customers, every one of them active in every month and week.
-- The ids are the hard case: like Salesforce's they begin alike, so that no index by their first
-- letters helps. Variables: customers, runs. Tables are there and empty; rows come in key order.

create temp table customer as
select
    '0015g00000' || lpad(i::varchar, 8, '0') as CustomerId,
    'Customer ' || i || ' ' || ['Industries', 'Foods', 'Logistics', 'Bank'][1 + i % 4] as Name,
    0.2 + pow(hash(i, 'size') % 1000 / 1000.0, 3) * 5 as size
from range(getvariable('customers')) as numbers(i);

create temp table period as
select 'year' as level, date '2025-11-23' as start, 40 as factor
union all
select 'month', (date '2025-11-01' + to_months(i::integer))::date, 4 from range(13) as numbers(i)
union all
select 'week', (date '2025-12-01' + 7 * i::integer)::date, 1 from range(51) as numbers(i);

create temp table figure as
select
    CustomerId || '|' || level || '|' || start as PrimaryKey,
    CustomerId,
    level,
    start,
    (size * factor * (hash(CustomerId, start, 1) % 100) / 33)::bigint as sent,
    (size * factor * (hash(CustomerId, start, 2) % 100) / 40)::bigint as received,
    (size * factor * (hash(CustomerId, start, 3) % 100) / 250)::bigint as called,
    (size * factor * (hash(CustomerId, start, 4) % 100) / 500)::bigint as invited,
    1 + (hash(CustomerId, start, 5) % 6)::bigint as own,
    1 + (hash(CustomerId, start, 6) % 9)::bigint as theirs,
    (hash(CustomerId, start, 7) % 30)::bigint as days,
    (hash(CustomerId, start, 8) % 6000 / 7)::double as minutes
from customer, period;

create temp table part as
select unnest([
    {name: 'AccountPeople', weight: 10.0}, {name: 'EmailsFromAccount', weight: 20.0},
    {name: 'Meetings', weight: 25.0}, {name: 'OwnPeople', weight: 10.0},
    {name: 'Recency', weight: 10.0}, {name: 'Replies', weight: 10.0},
    {name: 'TwoWayEmails', weight: 15.0}
], recursive := true);

create temp table typical as
select level, name, exp(avg(ln(value)) filter (where value > 0)) as reference
from (
    unpivot (
        select
            level, theirs::double as AccountPeople, received::double as EmailsFromAccount,
            (called + invited)::double as Meetings, own::double as OwnPeople,
            1.0 / (1 + days) as Recency, (received // 2)::double as Replies,
            least(sent, received)::double as TwoWayEmails
        from figure using sample 200000 rows
    )
    on columns(* exclude (level)) into name name value value
)
group by level, name;

insert into Office_ScoreContribution
select
    PrimaryKey, part.name, value, reference, weight,
    case when value > 0 then weight * value / (value + reference) else 0 end
from (
    unpivot (
        select
            PrimaryKey, level, theirs::double as AccountPeople,
            received::double as EmailsFromAccount, (called + invited)::double as Meetings,
            own::double as OwnPeople, 1.0 / (1 + days) as Recency,
            (received // 2)::double as Replies, least(sent, received)::double as TwoWayEmails
        from figure
    )
    on columns(* exclude (PrimaryKey, level)) into name name value value
) as valued
join part on part.name = valued.name
join typical on typical.level = valued.level and typical.name = valued.name
order by PrimaryKey, part.name;

create temp table score as
select PrimaryKey, round(sum(Points), 1) as points
from Office_ScoreContribution
group by PrimaryKey;

insert into Office
select
    figure.PrimaryKey, CustomerId, points, sent, received, invited, called, own, own, theirs,
    theirs, date '2025-12-02', days, days + 3, 30 + minutes / 20, minutes, start, level
from figure
join score using (PrimaryKey)
order by figure.PrimaryKey;

insert into Office_Customer select CustomerId, Name from customer order by CustomerId;

create temp table run as
select
    md5(i::varchar) as RunId,
    timestamptz '2026-11-23 07:00:00+00' - to_days(7 * i::integer) as AsOfTime
from range(getvariable('runs')) as numbers(i);

insert into Office_Run
select
    RunId, AsOfTime, AsOfTime, AsOfTime + interval 20 minutes, 'succeeded', 2500, 2480, 9000000,
    700000, 366, getvariable('customers'), getvariable('customers')
from run
order by RunId;

insert into Office_ScoreHistory
select
    RunId, AsOfTime, CustomerId,
    round(least(99.0, points * (0.9 + hash(RunId, CustomerId) % 20 / 100)), 1)
from run
cross join (
    select CustomerId, EngagementScore as points from Office where AggregationLevel = 'year'
)
order by CustomerId, RunId;

insert into Customer_Profile
select
    CustomerId, Name, null, true, EngagementScore,
    rank() over (order by EngagementScore desc), NoOfEmails_ToAccount, NoOfEmails_FromAccount,
    NoOfMeetings_FromAccount, NoOfMeetings_ToAccount, NoOfContactsInvolved_Meetings,
    NoOfContactsInvolved_Emails, NoOfAccountContactsInvolved_Meetings,
    NoOfAccountContactsInvolved_Emails, EngagementStartDate, DaysSinceLastEmail,
    DaysSinceLastMeeting, DaysSinceLastEmail, AverageDuration_Of_Meetings,
    AverageDuration_Of_AccountEmailReplies, NoOfMeetings_FromAccount + NoOfMeetings_ToAccount,
    NoOfEmails_FromAccount // 2, NoOfAccountContactsInvolved_Emails, NoOfContactsInvolved_Emails,
    EngagementScore, 0.0, EngagementScore, EngagementScore, hash(CustomerId, 't') % 400 / 10 - 20
from Office
join customer using (CustomerId)
where AggregationLevel = 'year'
order by CustomerId;

insert into Office_UserEntity
select 'user-' || lpad(i::varchar, 4, '0'), 'user' || i || '@contoso.com'
from range(2500) as numbers(i);

insert into Office_Mailbox
select
    UserId, EmailAddress,
    case when row_number() over (order by UserId) <= 20 then 'no_mailbox' else 'processed' end,
    case when row_number() over (order by UserId) <= 20 then 'The person has no mailbox.' end,
    timestamptz '2025-11-23 00:00:00+00', timestamptz '2026-11-23 07:00:00+00'
from Office_UserEntity
order by UserId;

insert into Office_Ledger values
('contact', 'accepted', 500000), ('contact', 'read', 500000),
('email', 'counted', 9000000), ('email', 'read', 9000000),
('meeting', 'counted', 700000), ('meeting', 'read', 700000);

insert into Segment_Definition
select
    name, title, 'The customers of a tenth.', 'select CustomerId from Customer_Profile',
    '["EngagementScore"]'
from (values ('cooling', 'Cooling'), ('rising', 'Rising'), ('top_tenth', 'Top tenth')) as s(name, title);

insert into Segment_Member
select
    Segment, CustomerId, timestamptz '2026-10-05 07:00:00+00',
    '{"EngagementScore": ' || EngagementScore || '}'
from Segment_Definition, Customer_Profile
where hash(Segment, CustomerId) % 10 = 0
order by Segment, CustomerId;

insert into Segment_History
select RunId, AsOfTime, Segment, getvariable('customers') // 10, 20, 20
from run, Segment_Definition
order by RunId, Segment;
