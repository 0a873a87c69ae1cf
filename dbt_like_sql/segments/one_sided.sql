-- title: One-sided
-- purpose: At least three e-mails to the account in the year looked at, and not one from it.
select
    CustomerId,
    Name,
    NoOfEmails_FromAccount,
    NoOfEmails_ToAccount,
    Meetings,
    DaysSinceLastEmail
from Customer_Profile
where NoOfEmails_ToAccount >= 3 and NoOfEmails_FromAccount = 0
order by NoOfEmails_ToAccount desc, CustomerId asc
