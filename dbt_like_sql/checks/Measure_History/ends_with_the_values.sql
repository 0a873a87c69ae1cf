-- title: the history of measures ends with their values
-- severity: stop
-- purpose: The rows of the current run in Measure_History are the values of the whole business in Measure_Value.
-- source: numbers 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select *
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

now as (
    select
        Measure,
        coalesce(Dimensions, '') as Dimensions,
        Value
    from Measure_Value
    where CustomerId is null
),

history as (
    select
        Measure,
        coalesce(Dimensions, '') as Dimensions,
        Value
    from Measure_History
    where RunId in (select RunId from current_run)
)

select coalesce(now.Measure, history.Measure) as Measure
from now
full join history
    on
        now.Measure = history.Measure
        and now.Dimensions = history.Dimensions
where
    now.Measure is null
    or history.Measure is null
    or now.Value is distinct from history.Value
