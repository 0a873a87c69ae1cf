-- purpose: People of the organisation involved in an e-mail to or from an account.
-- grain: e-mail, person
-- source: numbers 2.6
with counted_copy as (
    select
        copy.email_key,
        copy.person_no,
        copy.recipient_keys
    from email_copy_with_contact as copy
    where copy.email_key in (select email_key from email_account)
),

recipient as (
    select
        email_key,
        unnest(recipient_keys) as address_key
    from counted_copy
),

addressed as (
    select
        email_key,
        address_key
    from recipient
    union all
    select
        email_key,
        sender_key as address_key
    from email_head
    where email_key in (select email_key from email_account)
)

select
    email_key, -- the e-mail
    person_no -- owner of a copy, sender or recipient
from counted_copy
union
select
    addressed.email_key,
    person_address.person_no
from addressed
inner join person_address
    on addressed.address_key = person_address.address_key
