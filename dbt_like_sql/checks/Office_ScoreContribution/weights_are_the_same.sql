-- title: weights are the same everywhere and sum to 100
-- severity: stop
-- purpose: Each part of the score has one weight in all rows, and the weights sum to 100.
-- source: numbers 6
with weight as (
    select
        Component,
        min(Weight) as lowest,
        max(Weight) as highest
    from Office_ScoreContribution
    group by Component
)

select Component
from weight
where lowest <> highest
union all
select 'all of them' as Component
from weight
having abs(sum(highest) - 100) > 0.01
