-- Customers whose name or id holds the text $search, in whatever case and accents.
-- Grain: one customer. Engaged ones only with $engaged = 'yes', the others only with 'no'.
select
    CustomerId,
    Name,
    coalesce(Name, CustomerId) as Label,
    EngagementScore as Score,
    ScoreChange,
    case when IsEngaged then ScoreTrend end as ScoreTrend,
    Rank,
    IsEngaged,
    NoOfEmails_ToAccount as EmailsTo,
    NoOfEmails_FromAccount as EmailsFrom,
    Meetings,
    DaysSinceLastContact
from Customer_Profile
where
    (
        contains(lower(strip_accents(coalesce(Name, ''))), lower(strip_accents($search)))
        or contains(lower(strip_accents(CustomerId)), lower(strip_accents($search)))
    )
    and ($engaged = '' or IsEngaged = ($engaged = 'yes'))
