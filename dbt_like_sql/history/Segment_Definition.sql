-- purpose: The segments that there are, and the SQL that picks their members.
-- grain: Segment
-- source: docs/segments-and-measures.md
select
    segment as Segment,
    title as Title,
    description as Description,
    sql as Sql,
    columns as Columns
from segment_listed
