-- title: points add up to the score
-- severity: stop
-- purpose: The points of a row of Office add up to its EngagementScore, but for the rounding.
-- source: numbers 6
with parts as (
    select
        PrimaryKey,
        sum(Points) as points
    from Office_ScoreContribution
    group by PrimaryKey
)

select office.PrimaryKey
from Office as office
inner join parts on office.PrimaryKey = parts.PrimaryKey
-- half a decimal of rounding, and what adding seven doubles in any order can lose; not (<=)
-- instead of (>), so that a NaN or a null breaks the rule
where not coalesce(abs(parts.points - office.EngagementScore) <= 0.05 + 1e-6, false)
