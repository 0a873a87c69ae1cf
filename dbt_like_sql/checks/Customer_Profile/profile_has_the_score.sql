-- title: profiles have the scores of Office
-- severity: stop
-- purpose: An account is engaged in Customer_Profile when it has a year row in Office, and has its score.
-- source: numbers 5, 7
select profile.CustomerId
from Customer_Profile as profile
left join Office as office
    on
        profile.CustomerId = office.CustomerId
        and office.AggregationLevel = 'year'
where
    profile.IsEngaged <> (office.CustomerId is not null)
    or profile.EngagementScore <> coalesce(office.EngagementScore, 0)
