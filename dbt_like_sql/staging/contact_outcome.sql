-- purpose: What became of each row of the customer dataset: accepted, or the first reason against it.
-- grain: row of the contacts file
-- source: numbers 1 (contact), 7 (Office_Ledger)
with judged as (
    select
        contact_row.line,
        contact_row.account_id,
        contact_row.address_key,
        case
            when contact_row.address_key is null then 'invalid_address'
            when contact_row.account_id is null then 'no_account_id'
            when
                contact_row.address_key in (select address_key from colleague_address)
                or contact_row.domain_key in (select domain_key from organisation_domain)
                then 'own_organisation'
            when
                contact_row.address_key in (
                    select address_key from exclusion where address_key is not null
                )
                or contact_row.domain_key in (
                    select domain_key from exclusion where domain_key is not null
                )
                then 'excluded'
        end as rejection
    from contact_row
)

select
    line, -- row of the file
    account_id, -- account id, null when empty
    address_key, -- key of the contact's address, null when invalid
    case
        when rejection is not null then rejection
        when
            row_number() over (
                partition by account_id, address_key
                order by line
            ) > 1
            then 'duplicate'
        else 'accepted'
    end as outcome -- accepted, or the first reason that applies
from judged
