-- title: Share of e-mails answered
-- purpose: Replies of an account for each e-mail to it in the year looked at.
-- unit: share
select
    CustomerId,
    cast(Replies as double) / NoOfEmails_ToAccount as Value
from Customer_Profile
where NoOfEmails_ToAccount > 0
