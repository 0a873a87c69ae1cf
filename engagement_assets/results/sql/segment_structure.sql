-- Of what type the columns are that a segment shows, as far as some of its members tell.
-- Grain: one row.
select json_group_structure(cast(Facts as json)) as Structure
from (
    select Facts
    from Segment_Member
    where Segment = $segment
    order by CustomerId
    limit 2000
) as some_members
