-- purpose: How engaged is each customer account, per year, month and week: counts, people, days since, durations and the score.
-- grain: CustomerId, AggregationLevel, AggregationStartDate
-- source: numbers 5, 6
with keyed as (
    select
        account_period.*,
        account.account_id,
        account.account_id
        || '|' || account_period.aggregation_level
        || '|' || cast(account_period.period_start as varchar) as primary_key
    from account_period
    inner join account
        on account_period.account_no = account.account_no
),

scored as (
    select
        PrimaryKey as primary_key,
        -- exact decimals add up to the same sum in any order of rows, and a half is rounded up,
        -- as by hand
        cast(round(sum(cast(Points as decimal(38, 10))), 1) as double) as score
    from Office_ScoreContribution
    group by PrimaryKey
)

select
    keyed.primary_key as PrimaryKey,
    keyed.account_id as CustomerId,
    scored.score as EngagementScore,
    keyed.emails_to_account as NoOfEmails_ToAccount,
    keyed.emails_from_account as NoOfEmails_FromAccount,
    keyed.meetings_from_account as NoOfMeetings_FromAccount,
    keyed.meetings_to_account as NoOfMeetings_ToAccount,
    keyed.own_in_meetings as NoOfContactsInvolved_Meetings,
    keyed.own_in_emails as NoOfContactsInvolved_Emails,
    keyed.contacts_in_meetings as NoOfAccountContactsInvolved_Meetings,
    keyed.contacts_in_emails as NoOfAccountContactsInvolved_Emails,
    keyed.first_day as EngagementStartDate,
    keyed.days_since_email as DaysSinceLastEmail,
    keyed.days_since_meeting as DaysSinceLastMeeting,
    case
        when keyed.timed_meetings > 0
            then cast(keyed.meeting_microseconds as double) / 60000000 / keyed.timed_meetings
    end as AverageDuration_Of_Meetings,
    case
        when keyed.replies > 0
            then cast(keyed.reply_microseconds as double) / 60000000 / keyed.replies
    end as AverageDuration_Of_AccountEmailReplies,
    keyed.period_start as AggregationStartDate,
    keyed.aggregation_level as AggregationLevel
from keyed
inner join scored
    on keyed.primary_key = scored.primary_key
