-- purpose: What segments and measures speak about: every account with its figures of the year, its position and its trend.
-- grain: CustomerId
-- source: docs/segments-and-measures.md
with run_year as (
    select
        CustomerId,
        EngagementScore,
        NoOfEmails_ToAccount,
        NoOfEmails_FromAccount,
        NoOfMeetings_FromAccount,
        NoOfMeetings_ToAccount,
        NoOfContactsInvolved_Meetings,
        NoOfContactsInvolved_Emails,
        NoOfAccountContactsInvolved_Meetings,
        NoOfAccountContactsInvolved_Emails,
        EngagementStartDate,
        DaysSinceLastEmail,
        DaysSinceLastMeeting,
        AverageDuration_Of_Meetings,
        AverageDuration_Of_AccountEmailReplies,
        rank() over (order by EngagementScore desc) as score_rank
    from Office
    where AggregationLevel = 'year'
),

month_score as (
    select
        Office.CustomerId,
        -- exact decimals add up to the same sum in any order of rows
        cast(Office.EngagementScore as decimal(9, 1)) as score,
        date_diff(
            'month',
            date_trunc('month', Office.AggregationStartDate),
            date_trunc('month', run.as_of_day)
        ) as months_ago
    from Office
    cross join run
    where Office.AggregationLevel = 'month'
),

half_year as (
    select
        CustomerId,
        -- a month without e-mail and meeting has no row and counts as 0
        sum(case when months_ago between 1 and 3 then score else 0 end) as recent,
        sum(case when months_ago between 4 and 6 then score else 0 end) as earlier
    from month_score
    group by CustomerId
),

trend as (
    select
        CustomerId,
        cast(round(cast(recent as double) / 3, 1) as decimal(9, 1)) as recent,
        cast(round(cast(earlier as double) / 3, 1) as decimal(9, 1)) as earlier
    from half_year
),

whole_year as (
    select
        account_no,
        meetings,
        replies,
        own_people,
        contacts
    from account_period
    where aggregation_level = 'year'
),

score_before as (
    select
        previous_score.CustomerId,
        cast(previous_score.EngagementScore as decimal(9, 1)) as score
    from previous_score
    inner join run_before
        on previous_score.RunId = run_before.run_id
)

select
    account.account_id as CustomerId,
    account.name as Name,
    parent.account_id as ParentId,
    run_year.CustomerId is not null as IsEngaged,
    coalesce(run_year.EngagementScore, 0) as EngagementScore,
    run_year.score_rank as Rank,
    coalesce(run_year.NoOfEmails_ToAccount, 0) as NoOfEmails_ToAccount,
    coalesce(run_year.NoOfEmails_FromAccount, 0) as NoOfEmails_FromAccount,
    coalesce(run_year.NoOfMeetings_FromAccount, 0) as NoOfMeetings_FromAccount,
    coalesce(run_year.NoOfMeetings_ToAccount, 0) as NoOfMeetings_ToAccount,
    coalesce(run_year.NoOfContactsInvolved_Meetings, 0) as NoOfContactsInvolved_Meetings,
    coalesce(run_year.NoOfContactsInvolved_Emails, 0) as NoOfContactsInvolved_Emails,
    coalesce(run_year.NoOfAccountContactsInvolved_Meetings, 0) as NoOfAccountContactsInvolved_Meetings,
    coalesce(run_year.NoOfAccountContactsInvolved_Emails, 0) as NoOfAccountContactsInvolved_Emails,
    run_year.EngagementStartDate,
    run_year.DaysSinceLastEmail,
    run_year.DaysSinceLastMeeting,
    least(run_year.DaysSinceLastEmail, run_year.DaysSinceLastMeeting) as DaysSinceLastContact,
    run_year.AverageDuration_Of_Meetings,
    run_year.AverageDuration_Of_AccountEmailReplies,
    coalesce(whole_year.meetings, 0) as Meetings,
    coalesce(whole_year.replies, 0) as Replies,
    coalesce(whole_year.contacts, 0) as AccountPeople,
    coalesce(whole_year.own_people, 0) as OwnPeople,
    cast(score_before.score as double) as ScoreBefore,
    cast(coalesce(cast(run_year.EngagementScore as decimal(9, 1)), 0) - score_before.score as double) as ScoreChange,
    coalesce(cast(trend.recent as double), 0) as RecentScore,
    coalesce(cast(trend.earlier as double), 0) as EarlierScore,
    coalesce(cast(trend.recent - trend.earlier as double), 0) as ScoreTrend
from account
left join account_parent
    on account.account_no = account_parent.account_no
left join account as parent
    on account_parent.parent_no = parent.account_no
left join run_year
    on account.account_id = run_year.CustomerId
left join whole_year
    on account.account_no = whole_year.account_no
left join trend
    on account.account_id = trend.CustomerId
left join score_before
    on account.account_id = score_before.CustomerId
