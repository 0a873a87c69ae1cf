-- title: the current run counts what the ledger counts
-- severity: stop
-- purpose: EmailsProcessed and MeetingsProcessed of the current run are what the ledger has as `counted` and `no_account`.
-- source: numbers 2, 3, 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select *
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

ledger as (
    select
        sum(case when Item = 'email' then Count end) as emails,
        sum(case when Item = 'meeting' then Count end) as meetings
    from Office_Ledger
    where Outcome in ('counted', 'no_account')
)

-- a row also when there is no run at all
select run.RunId
from ledger
left join current_run as run on true
where
    run.RunId is null
    or run.EmailsProcessed is distinct from ledger.emails
    or run.MeetingsProcessed is distinct from ledger.meetings
