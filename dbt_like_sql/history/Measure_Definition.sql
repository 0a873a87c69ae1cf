-- purpose: The measures that there are, and the SQL that computes them.
-- grain: Measure
-- source: docs/segments-and-measures.md
select
    measure as Measure,
    title as Title,
    description as Description,
    unit as Unit,
    grain as Grain,
    sql as Sql
from measure_listed
