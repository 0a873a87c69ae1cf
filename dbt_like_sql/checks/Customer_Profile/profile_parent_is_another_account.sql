-- title: every parent is another account
-- severity: stop
-- purpose: Every ParentId of Customer_Profile is another CustomerId of it.
-- source: numbers 7
select profile.CustomerId
from Customer_Profile as profile
left join Customer_Profile as parent on profile.ParentId = parent.CustomerId
where
    profile.ParentId is not null
    and (parent.CustomerId is null or profile.ParentId = profile.CustomerId)
