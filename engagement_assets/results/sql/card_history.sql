-- A customer's yearly score in every run; null in a run that found no activity of it.
-- Grain: one run, the oldest first. MonthOld: at least a month older than the newest run.
with newest as (
    select max(AsOfTime) as AsOfTime from Office_Run
),

own as (
    select
        RunId,
        EngagementScore
    from Office_ScoreHistory
    where CustomerId = $customer
)

select
    run.RunId,
    run.AsOfTime,
    own.EngagementScore as Score,
    run.AsOfTime <= newest.AsOfTime - interval 1 month as MonthOld
from Office_Run as run
cross join newest
left join own on run.RunId = own.RunId
order by run.StartedAt asc, run.RunId asc
