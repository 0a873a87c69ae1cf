-- title: Single-threaded
-- purpose: The relationship hangs on one person. In all e-mails and meetings of the year looked at there was one person at the account, or one on your side.
select
    CustomerId,
    Name,
    AccountPeople,
    OwnPeople,
    EngagementScore
from Customer_Profile
where OwnPeople = 1 or AccountPeople = 1
order by EngagementScore desc, CustomerId asc
