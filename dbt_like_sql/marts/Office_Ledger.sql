-- purpose: Everything that was read and what became of it.
-- grain: Item, Outcome
-- source: numbers 7
with every_outcome as (
    select * from (
        values
        ('email', 'invitation'), ('email', 'draft'), ('email', 'drafts_or_junk'),
        ('email', 'no_sender_or_time'), ('email', 'another_copy'), ('email', 'outside_window'),
        ('email', 'no_account'), ('email', 'counted'),
        ('meeting', 'series_master'), ('meeting', 'no_valid_time'), ('meeting', 'another_copy'),
        ('meeting', 'cancelled'), ('meeting', 'outside_window'), ('meeting', 'no_account'),
        ('meeting', 'counted'),
        ('contact', 'accepted'), ('contact', 'invalid_address'), ('contact', 'no_account_id'),
        ('contact', 'own_organisation'), ('contact', 'excluded'), ('contact', 'duplicate')
    ) as listed (item, outcome)
),

email_with_account as (
    select distinct email_key from email_account
),

meeting_with_account as (
    select distinct
        meeting_key,
        start_at
    from meeting_account
),

found as (
    select
        'email' as item,
        unread_reason as outcome,
        count(*) as number
    from message_copy
    where unread_reason is not null
    group by unread_reason
    union all
    select
        'email' as item,
        'another_copy' as outcome,
        sum(copies - 1) as number
    from email
    union all
    select
        'email' as item,
        'outside_window' as outcome,
        count(*) as number
    from email
    where not is_processed
    union all
    select
        'email' as item,
        'counted' as outcome,
        count(*) as number
    from email_with_account
    union all
    select
        'email' as item,
        'no_account' as outcome,
        count(*) - (select count(*) from email_with_account) as number
    from email
    where is_processed
    union all
    select
        'meeting' as item,
        unread_reason as outcome,
        count(*) as number
    from event_copy
    where unread_reason is not null
    group by unread_reason
    union all
    select
        'meeting' as item,
        'another_copy' as outcome,
        sum(copies - 1) as number
    from meeting
    union all
    select
        'meeting' as item,
        outcome,
        count(*) as number
    from meeting
    where outcome <> 'processed'
    group by outcome
    union all
    select
        'meeting' as item,
        'counted' as outcome,
        count(*) as number
    from meeting_with_account
    union all
    select
        'meeting' as item,
        'no_account' as outcome,
        count(*) - (select count(*) from meeting_with_account) as number
    from meeting
    where outcome = 'processed'
    union all
    select
        'contact' as item,
        outcome,
        count(*) as number
    from contact_outcome
    group by outcome
),

ledger as (
    select
        every_outcome.item,
        every_outcome.outcome,
        cast(coalesce(found.number, 0) as bigint) as number
    from every_outcome
    left join found
        on every_outcome.item = found.item and every_outcome.outcome = found.outcome
)

select
    item as Item,
    outcome as Outcome,
    number as Count
from ledger
union all
select
    item as Item,
    'read' as Outcome,
    cast(sum(number) as bigint) as Count
from ledger
group by item
