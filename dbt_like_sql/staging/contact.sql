-- purpose: Accepted contacts. One address may belong to several accounts and counts for each.
-- grain: account, contact address
-- source: numbers 1 (contact)
select
    account.account_no, -- the account
    contact_outcome.address_key -- key of the contact's address
from contact_outcome
inner join account
    on contact_outcome.account_id = account.account_id
where contact_outcome.outcome = 'accepted'
