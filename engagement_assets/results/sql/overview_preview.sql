-- The engaged customers whose name or id holds the text $search, in whatever case and accents.
-- Grain: one customer.
select
    CustomerId,
    coalesce(Name, CustomerId) as Name,
    EngagementScore,
    ScoreChange,
    NoOfEmails_FromAccount,
    NoOfEmails_ToAccount,
    Meetings,
    DaysSinceLastContact
from Customer_Profile
where
    IsEngaged
    and (
        contains(lower(strip_accents(coalesce(Name, ''))), lower(strip_accents($search)))
        or contains(lower(strip_accents(CustomerId)), lower(strip_accents($search)))
    )
