-- How many customers a search finds: all, engaged, not engaged. Grain: one row.
select
    count(*) as Everybody,
    count(*) filter (where IsEngaged) as Engaged,
    count(*) filter (where not IsEngaged) as NotEngaged
from Customer_Profile
where
    contains(lower(strip_accents(coalesce(Name, ''))), lower(strip_accents($search)))
    or contains(lower(strip_accents(CustomerId)), lower(strip_accents($search)))
