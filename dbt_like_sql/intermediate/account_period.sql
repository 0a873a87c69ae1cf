-- purpose: All that is known of an account in a year, month or week in which it has an e-mail or a meeting.
-- grain: account, aggregation level, period
-- source: numbers 4.4, 5
with combined as (
    select
        coalesce(email.account_no, meeting.account_no) as account_no,
        coalesce(email.aggregation_level, meeting.aggregation_level) as aggregation_level,
        coalesce(email.period_start, meeting.period_start) as period_start,
        coalesce(email.last_day, meeting.last_day) as last_day,
        coalesce(email.emails_to_account, 0) as emails_to_account,
        coalesce(email.emails_from_account, 0) as emails_from_account,
        coalesce(email.replies, 0) as replies,
        email.reply_microseconds,
        coalesce(meeting.meetings, 0) as meetings,
        coalesce(meeting.meetings_from_account, 0) as meetings_from_account,
        coalesce(meeting.meetings_to_account, 0) as meetings_to_account,
        coalesce(meeting.timed_meetings, 0) as timed_meetings,
        meeting.meeting_microseconds,
        email.first_email_day,
        email.last_email_day,
        meeting.first_meeting_day,
        meeting.last_meeting_day
    from account_email_period as email
    full outer join account_meeting_period as meeting
        on
            email.account_no = meeting.account_no
            and email.aggregation_level = meeting.aggregation_level
            and email.period_start = meeting.period_start
),

joined as (
    select
        account_no,
        aggregation_level,
        period_start,
        last_day,
        emails_to_account,
        emails_from_account,
        replies,
        reply_microseconds,
        meetings,
        meetings_from_account,
        meetings_to_account,
        timed_meetings,
        meeting_microseconds,
        first_email_day,
        first_meeting_day,
        -- a level's periods follow one another, so the last one so far is the last one up to the period's end
        max(last_email_day) over so_far as last_email_day,
        max(last_meeting_day) over so_far as last_meeting_day
    from combined
    window
        so_far as (
            partition by account_no, aggregation_level
            order by period_start
            rows between unbounded preceding and current row
        )
)

select
    joined.account_no, -- the account
    joined.aggregation_level, -- year, month or week
    joined.period_start, -- AggregationStartDate
    joined.last_day, -- the period's last day, or as_of's day if earlier
    joined.emails_to_account, -- e-mails to the account
    joined.emails_from_account, -- e-mails from the account
    joined.replies, -- replies of the account
    joined.reply_microseconds, -- their durations together, null without one
    joined.meetings, -- all meetings, a third party's too
    joined.meetings_from_account, -- initiated by the account
    joined.meetings_to_account, -- initiated by the organisation
    joined.timed_meetings, -- meetings that have part in the average duration
    joined.meeting_microseconds, -- their durations together, null without a meeting
    coalesce(people.own_in_emails, 0) as own_in_emails, -- people of the organisation in e-mails
    coalesce(people.own_in_meetings, 0) as own_in_meetings, -- people of the organisation in meetings
    coalesce(people.own_people, 0) as own_people, -- people of the organisation in either
    coalesce(people.contacts_in_emails, 0) as contacts_in_emails, -- contacts in e-mails
    coalesce(people.contacts_in_meetings, 0) as contacts_in_meetings, -- contacts in meetings
    coalesce(people.contacts, 0) as contacts, -- contacts in either
    min(least(joined.first_email_day, joined.first_meeting_day)) over (partition by joined.account_no) as first_day, -- day of the account's first e-mail or meeting in the whole window
    date_diff('day', joined.last_email_day, joined.last_day) as days_since_email, -- days from its last e-mail so far, null if none yet
    date_diff('day', joined.last_meeting_day, joined.last_day) as days_since_meeting -- days from its last meeting so far, null if none yet
from joined
left join account_people_period as people
    on
        joined.account_no = people.account_no
        and joined.aggregation_level = people.aggregation_level
        and joined.period_start = people.period_start
