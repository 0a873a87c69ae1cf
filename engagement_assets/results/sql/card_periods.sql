-- All rows of Office of a customer, with their places in the table. Grain: one row of Office.
select
    rowid as Place,
    PrimaryKey,
    AggregationLevel as Level,
    AggregationStartDate as Start,
    EngagementScore as Score,
    NoOfEmails_ToAccount as EmailsTo,
    NoOfEmails_FromAccount as EmailsFrom,
    NoOfMeetings_ToAccount as MeetingsTo,
    NoOfMeetings_FromAccount as MeetingsFrom,
    NoOfContactsInvolved_Emails as OwnInEmails,
    NoOfContactsInvolved_Meetings as OwnInMeetings,
    NoOfAccountContactsInvolved_Emails as TheirsInEmails,
    NoOfAccountContactsInvolved_Meetings as TheirsInMeetings,
    AverageDuration_Of_Meetings as MeetingMinutes,
    AverageDuration_Of_AccountEmailReplies as ReplyMinutes
from Office
where CustomerId = $customer
order by Start
