-- purpose: One row per finished run, kept over runs.
-- grain: RunId
-- source: numbers 7
with processed as (
    select sent_at as happened_at
    from email
    where is_processed
    union all
    select start_at as happened_at
    from meeting
    where outcome = 'processed'
),

first_activity as (
    select min(happened_at) as happened_at
    from processed
),

coverage as (
    select
        count(*) as selected,
        count(case when status in ('processed', 'partly') then 1 end) as processed,
        count(case when status in ('failed', 'denied', 'partly') then 1 end) as not_read
    from mailbox
)

select
    RunId,
    AsOfTime,
    StartedAt,
    FinishedAt,
    Status,
    SelectedAddresses,
    ProcessedAddresses,
    EmailsProcessed,
    MeetingsProcessed,
    DaysOfData,
    CustomersTotal,
    CustomersEnriched
from previous_run
union all
select
    run.run_id as RunId,
    run.as_of as AsOfTime,
    run.started_at as StartedAt,
    run_end.finished_at as FinishedAt,
    case
        when coverage.not_read > 0 then 'succeeded_with_warnings'
        else 'succeeded'
    end as Status,
    coverage.selected as SelectedAddresses,
    coverage.processed as ProcessedAddresses,
    (select count(*) from email where is_processed) as EmailsProcessed,
    (select count(*) from meeting where outcome = 'processed') as MeetingsProcessed,
    coalesce(
        date_diff(
            'day',
            cast(first_activity.happened_at at time zone run.time_zone as date),
            run.as_of_day
        ) + 1,
        0
    ) as DaysOfData,
    (select count(*) from account) as CustomersTotal,
    (select count(distinct account_no) from account_period) as CustomersEnriched
from run
cross join run_end
cross join coverage
cross join first_activity
