-- purpose: How many mailboxes count in every run, how many do not, and how that changed since the run before.
-- grain: RunId
-- source: docs/segments-and-measures.md
with counted as (
    select
        count(case when status <> 'no_mailbox' then 1 end) as mailboxes,
        count(case when status <> 'no_mailbox' and not counts then 1 end) as not_read,
        count(case when is_behind then 1 end) as behind,
        count(case when is_partly then 1 end) as partly,
        count(case when counts and not counted_before then 1 end) as came,
        count(case when counted_before and not counts then 1 end) as gone,
        count(case when is_changed then 1 end) as changed
    from mailbox_coverage
)

select
    RunId,
    AsOfTime,
    Mailboxes,
    NotRead,
    Behind,
    Partly,
    Came,
    Gone,
    Changed
from previous_coverage_history
union all
select
    run.run_id as RunId,
    run.as_of as AsOfTime,
    counted.mailboxes as Mailboxes,
    counted.not_read as NotRead,
    counted.behind as Behind,
    counted.partly as Partly,
    case when run_before.run_id is not null then counted.came end as Came,
    case when run_before.run_id is not null then counted.gone end as Gone,
    case when run_before.run_id is not null then counted.changed end as Changed
from run
cross join counted
left join run_before on true
