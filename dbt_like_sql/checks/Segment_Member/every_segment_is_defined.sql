-- title: every segment is defined
-- severity: stop
-- purpose: Every Segment of Segment_Member is in Segment_Definition.
-- source: numbers 7
select used.Segment
from Segment_Member as used
left join Segment_Definition as definition on used.Segment = definition.Segment
where definition.Segment is null
