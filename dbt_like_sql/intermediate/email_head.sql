-- purpose: Time, sender and thread of the e-mails that have a contact, decided between their copies.
-- grain: e-mail
-- source: numbers 2.2, 2.3, 2.5, 2.7
with ranked as (
    select
        email_key,
        sent_at,
        sender_key,
        sender_domain_key,
        row_number() over (
            partition by email_key
            -- persons are numbered in the order of object ids
            order by sent_at asc, person_no asc, modified_at desc nulls last, file_no desc, line desc
        ) as precedence,
        min(thread) over (partition by email_key) as thread
    from email_copy_with_contact
)

select
    ranked.email_key, -- the e-mail
    ranked.sent_at, -- when it was sent
    cast(ranked.sent_at at time zone run.time_zone as date) as day, -- its day in the configured time zone
    ranked.sender_key, -- key of the sender's address
    ranked.thread, -- decoded ids win over texts, then the smallest
    coalesce(
        ranked.sender_key in (select address_key from colleague_address)
        or ranked.sender_domain_key in (select domain_key from organisation_domain),
        false -- an X.500 name has no domain
    ) as is_from_organisation -- the sender is a person, a colleague or in an organisation domain
from ranked
cross join run
where ranked.precedence = 1
