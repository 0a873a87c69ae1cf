-- Customers whose name or id holds the text $search, in whatever case and accents.
-- Grain: one customer; without contact it has no numbers, and so stands last in every order. Engaged ones only with $engaged = 'yes', the others only with 'no'.
select
    CustomerId,
    Name,
    coalesce(Name, CustomerId) as Label,
    case when IsEngaged then EngagementScore end as Score,
    ScoreChange,
    case when IsEngaged then ScoreTrend end as ScoreTrend,
    Rank,
    IsEngaged,
    case when IsEngaged then NoOfEmails_FromAccount end as EmailsFrom,
    case when IsEngaged then NoOfEmails_ToAccount end as EmailsTo,
    case when IsEngaged then Meetings end as Meetings,
    DaysSinceLastContact
from Customer_Profile
where
    (
        contains(lower(strip_accents(coalesce(Name, ''))), lower(strip_accents($search)))
        or contains(lower(strip_accents(CustomerId)), lower(strip_accents($search)))
    )
    and ($engaged = '' or IsEngaged = ($engaged = 'yes'))
