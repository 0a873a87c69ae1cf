-- What a segment is. Grain: one row; none for an unknown name.
select
    Segment,
    Title,
    Description,
    Sql,
    Columns
from Segment_Definition
where Segment = $segment
