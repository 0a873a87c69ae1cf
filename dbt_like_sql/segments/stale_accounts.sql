-- title: Stale accounts
-- purpose: More than 60 days since the last e-mail and since the last meeting. An account that nobody ever wrote to or met counts as stale.
select
    CustomerId,
    Name,
    DaysSinceLastEmail,
    DaysSinceLastMeeting,
    EngagementScore
from Customer_Profile
where
    coalesce(DaysSinceLastEmail > 60, true)
    and coalesce(DaysSinceLastMeeting > 60, true)
order by EngagementScore desc, CustomerId asc
