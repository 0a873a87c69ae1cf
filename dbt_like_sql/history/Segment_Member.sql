-- purpose: The accounts that are in each segment now, and since when.
-- grain: Segment, CustomerId
-- source: docs/segments-and-measures.md
select
    segment_row.segment as Segment,
    segment_row.customer_id as CustomerId,
    coalesce(earlier.Since, run.as_of) as Since,
    segment_row.facts as Facts
from segment_row
cross join run
left join previous_segment_member as earlier
    on
        segment_row.segment = earlier.Segment
        and segment_row.customer_id = earlier.CustomerId
