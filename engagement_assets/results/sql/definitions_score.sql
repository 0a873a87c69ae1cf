-- The parts of this year's score: weight, and the typical customer. Grain: one part.
with any_year as (
    select min(PrimaryKey) as PrimaryKey
    from Office
    where AggregationLevel = 'year'
)

select
    part.Component,
    part.Weight,
    part.Reference
from Office_ScoreContribution as part
inner join any_year on part.PrimaryKey = any_year.PrimaryKey
