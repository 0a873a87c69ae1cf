-- The segments that a customer is in, and since when. Grain: one segment.
select
    member.Segment,
    definition.Title,
    definition.Description,
    member.Since,
    member.Facts
from Segment_Member as member
inner join Segment_Definition as definition on member.Segment = definition.Segment
where member.CustomerId = $customer
order by member.Segment
