-- title: E-mails per engaged customer
-- purpose: E-mails from and to an engaged account in the year looked at, on average. An e-mail to two accounts counts for both.
-- unit: number
with engaged as (
    select NoOfEmails_ToAccount + NoOfEmails_FromAccount as emails
    from Customer_Profile
    where IsEngaged
)

select cast(sum(emails) as double) / nullif(count(*), 0) as Value
from engaged
