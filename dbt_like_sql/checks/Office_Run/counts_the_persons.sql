-- title: the current run counts the persons
-- severity: stop
-- purpose: SelectedAddresses of the current run is the number of persons, ProcessedAddresses that of mailboxes with the status `processed` or `partly`.
-- source: numbers 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select *
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

persons as (
    select count(*) as persons
    from Office_UserEntity
),

mailboxes as (
    select count(*) as processed
    from Office_Mailbox
    where Status in ('processed', 'partly')
)

-- a row also when there is no run at all
select run.RunId
from persons
cross join mailboxes
left join current_run as run on true
where
    run.RunId is null
    or run.SelectedAddresses <> persons.persons
    or run.ProcessedAddresses <> mailboxes.processed
