-- title: Cooling
-- purpose: The monthly score of the last three complete months is on average at least 15 points below that of the three months before.
select
    CustomerId,
    Name,
    EarlierScore,
    RecentScore,
    ScoreTrend,
    EngagementScore
from Customer_Profile
where ScoreTrend <= -15
order by ScoreTrend asc, CustomerId asc
