-- What measures of the whole business came to in the last runs, the oldest first; one of them, or
-- all ($measure empty). Grain: one measure and one combination of dimensions in one run.
-- Age: how many runs ago, 1 for the newest; a value that the newest run did not have has none of 1.
with age as (
    select
        RunId,
        row_number() over (order by StartedAt desc, RunId asc) as Age
    from Office_Run
)

select
    history.Measure,
    history.Dimensions,
    history.AsOfTime,
    history.Value,
    age.Age
from Measure_History as history
inner join age on history.RunId = age.RunId
where ($measure = '' or history.Measure = $measure) and age.Age <= $runs
order by history.Measure asc, history.Dimensions asc nulls first, age.Age desc
