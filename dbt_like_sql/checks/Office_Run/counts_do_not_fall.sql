-- title: counts do not fall
-- severity: warn
-- purpose: E-mails, meetings and engaged customers are near those of the run before, or above.
-- source: numbers 7
with newest as (
    select
        *,
        row_number() over (order by StartedAt desc) as place
    from Office_Run
),

now as (
    select *
    from newest
    where place = 1
),

before as (
    select *
    from newest
    where place = 2
),

compared as (
    select
        'EmailsProcessed' as column_name,
        before.EmailsProcessed as before,
        now.EmailsProcessed as now
    from now
    cross join before
    union all
    select
        'MeetingsProcessed' as column_name,
        before.MeetingsProcessed as before,
        now.MeetingsProcessed as now
    from now
    cross join before
    union all
    select
        'CustomersEnriched' as column_name,
        before.CustomersEnriched as before,
        now.CustomersEnriched as now
    from now
    cross join before
    union all
    select
        'ProcessedAddresses' as column_name,
        before.ProcessedAddresses as before,
        now.ProcessedAddresses as now
    from now
    cross join before
)

select
    column_name,
    before,
    now
from compared
-- below four fifths of the run before a count has fallen by more than a quiet week explains
where now < 0.8 * before
