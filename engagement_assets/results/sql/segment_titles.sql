-- What the segments are called. Grain: one segment.
select
    Segment,
    Title
from Segment_Definition
order by lower(Title) asc, Segment asc
