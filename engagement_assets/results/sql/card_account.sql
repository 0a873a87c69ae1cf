-- A customer's year, with how many customers there are. Grain: one row; none for an unknown id.
with everybody as (
    select
        count(*) as Customers,
        count(*) filter (where IsEngaged) as Engaged
    from Customer_Profile
)

select
    profile.*,
    parent.Name as ParentName,
    everybody.Customers,
    everybody.Engaged
from Customer_Profile as profile
cross join everybody
left join Office_Customer as parent on profile.ParentId = parent.CustomerId
where profile.CustomerId = $customer
