-- title: Never engaged
-- purpose: Not a single e-mail and not a single meeting in the year looked at, as far as mailboxes were read.
select
    CustomerId,
    Name
from Customer_Profile
where not IsEngaged
order by Name asc, CustomerId asc
