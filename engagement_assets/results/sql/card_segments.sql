-- The segments that a customer is in, and since when. Grain: one segment.
select
    member.Segment,
    definition.Title,
    definition.Description,
    member.Since,
    member.Facts,
    -- not known to older versions, whose tables have no such column
    (
        select max(to_json(moved) ->> 'Cause')
        from Segment_Change as moved
        where
            moved.Segment = member.Segment
            and moved.CustomerId = member.CustomerId
            and moved.AsOfTime = member.Since
            and moved.Change = 'joined'
    ) as Cause
from Segment_Member as member
inner join Segment_Definition as definition on member.Segment = definition.Segment
where member.CustomerId = $customer
order by member.Segment
