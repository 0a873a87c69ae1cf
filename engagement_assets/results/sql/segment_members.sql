-- The members of a segment, or those whose name or id holds a text. Grain: one member.
select
    member.CustomerId,
    profile.Name,
    coalesce(profile.Name, member.CustomerId) as Label,
    member.Since,
    member.Facts
from Segment_Member as member
inner join Customer_Profile as profile on member.CustomerId = profile.CustomerId
where
    member.Segment = $segment
    and (
        $search = ''
        or contains(
            lower(strip_accents(coalesce(profile.Name, ''))), lower(strip_accents($search))
        )
        or contains(lower(strip_accents(member.CustomerId)), lower(strip_accents($search)))
    )
