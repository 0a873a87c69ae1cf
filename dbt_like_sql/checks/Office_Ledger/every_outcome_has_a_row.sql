-- title: every outcome has a row
-- severity: stop
-- purpose: Every outcome of e-mails, meetings and contacts is there, zero too.
-- source: numbers 7
with expected (Item, Outcome) as (
    values
    ('email', 'read'),
    ('email', 'invitation'),
    ('email', 'draft'),
    ('email', 'drafts_or_junk'),
    ('email', 'no_sender_or_time'),
    ('email', 'another_copy'),
    ('email', 'outside_window'),
    ('email', 'no_account'),
    ('email', 'counted'),
    ('meeting', 'read'),
    ('meeting', 'series_master'),
    ('meeting', 'no_valid_time'),
    ('meeting', 'another_copy'),
    ('meeting', 'cancelled'),
    ('meeting', 'outside_window'),
    ('meeting', 'no_account'),
    ('meeting', 'counted'),
    ('contact', 'read'),
    ('contact', 'invalid_address'),
    ('contact', 'no_account_id'),
    ('contact', 'own_organisation'),
    ('contact', 'excluded'),
    ('contact', 'duplicate'),
    ('contact', 'accepted')
)

select
    expected.Item,
    expected.Outcome
from expected
left join Office_Ledger as ledger
    on
        expected.Item = ledger.Item
        and expected.Outcome = ledger.Outcome
where ledger.Item is null
