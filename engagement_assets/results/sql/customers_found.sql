-- Customers whose name or id holds a text ($search, lower case, without accents; empty finds all).
-- Grain: one customer. Engaged ones only with $engaged = 'yes', the others only with 'no'.
select
    CustomerId,
    Name,
    coalesce(Name, CustomerId) as Label,
    EngagementScore as Score,
    ScoreChange,
    Rank,
    IsEngaged,
    NoOfEmails_ToAccount as EmailsTo,
    NoOfEmails_FromAccount as EmailsFrom,
    Meetings,
    DaysSinceLastContact
from Customer_Profile
where
    (
        contains(lower(strip_accents(coalesce(Name, ''))), $search)
        or contains(lower(strip_accents(CustomerId)), $search)
    )
    and ($engaged = '' or IsEngaged = ($engaged = 'yes'))
