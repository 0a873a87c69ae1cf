-- title: Top tenth
-- purpose: The tenth of the engaged accounts with the highest scores, rounded up; accounts of the same score as the last one are in it too.
with engaged as (
    select
        CustomerId,
        Name,
        EngagementScore,
        Rank,
        count(*) over () as accounts
    from Customer_Profile
    where IsEngaged
)

select
    CustomerId,
    Name,
    EngagementScore,
    Rank
from engaged
where (Rank - 1) * 10 < accounts
order by Rank asc, CustomerId asc
