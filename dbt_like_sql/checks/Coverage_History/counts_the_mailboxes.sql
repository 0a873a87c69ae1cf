-- title: the current run counts the mailboxes that are not read
-- severity: stop
-- purpose: Mailboxes and NotRead of the current run are those of Office_Mailbox.
-- source: numbers 7
with current_run as (
    -- earlier runs stay in Office_Run: the current one is the one that finished last
    select RunId
    from Office_Run
    order by FinishedAt desc, StartedAt desc, RunId desc
    limit 1
),

counted as (
    select
        count(*) as mailboxes,
        count(case when CoveredFrom is null then 1 end) as not_read
    from Office_Mailbox
    where Status <> 'no_mailbox'
)

-- a row also when there is no run at all
select history.RunId
from counted
left join current_run on true
left join Coverage_History as history on current_run.RunId = history.RunId
where
    history.RunId is null
    or history.Mailboxes <> counted.mailboxes
    or history.NotRead <> counted.not_read
