-- purpose: The year score of every account in every run.
-- grain: RunId, CustomerId
-- source: numbers 7
select
    RunId,
    AsOfTime,
    CustomerId,
    EngagementScore
from previous_score
union all
select
    run.run_id as RunId,
    run.as_of as AsOfTime,
    Office.CustomerId,
    Office.EngagementScore
from Office
cross join run
where Office.AggregationLevel = 'year'
