-- title: the current run counts the accounts of Office
-- severity: stop
-- purpose: CustomersEnriched of the current run is the number of accounts in Office.
-- source: numbers 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select *
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

accounts as (
    select count(distinct CustomerId) as accounts
    from Office
)

-- a row also when there is no run at all
select run.RunId
from accounts
left join current_run as run on true
where
    run.RunId is null
    or run.CustomersEnriched <> accounts.accounts
