-- title: the history ends with the scores of Office
-- severity: stop
-- purpose: The rows of the current run in Office_ScoreHistory are the year rows of Office.
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
        CustomerId,
        EngagementScore
    from Office
    where AggregationLevel = 'year'
),

history as (
    select
        CustomerId,
        EngagementScore
    from Office_ScoreHistory
    where RunId in (select RunId from current_run)
)

select coalesce(now.CustomerId, history.CustomerId) as CustomerId
from now
full join history on now.CustomerId = history.CustomerId
where now.EngagementScore is distinct from history.EngagementScore
