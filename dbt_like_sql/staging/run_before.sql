-- purpose: The run whose results were published when this one began. One row; none in the first run.
-- grain: RunId
-- source: docs/segments-and-measures.md
with ranked as (
    select
        RunId,
        AsOfTime,
        row_number() over (order by FinishedAt desc, StartedAt desc, RunId desc) as choice
    from previous_run
)

select
    RunId as run_id, -- id of the run
    AsOfTime as as_of -- the moment that it was about
from ranked
where choice = 1
