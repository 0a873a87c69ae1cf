-- The segments with a member that has no e-mail and no meeting; all, or $segment.
-- Grain: one segment.
select distinct member.Segment
from Segment_Member as member
inner join Customer_Profile as profile on member.CustomerId = profile.CustomerId
where not profile.IsEngaged and ($segment = '' or member.Segment = $segment)
