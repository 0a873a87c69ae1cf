-- purpose: What the measures of the whole business came to in every run.
-- grain: RunId, Measure, Dimensions
-- source: docs/segments-and-measures.md
select
    RunId,
    AsOfTime,
    Measure,
    Dimensions,
    Value
from previous_measure_history
union all
select
    run.run_id as RunId,
    run.as_of as AsOfTime,
    measure_row.measure as Measure,
    measure_row.dimensions as Dimensions,
    measure_row.value as Value
from measure_row
cross join run
where measure_row.customer_id is null
