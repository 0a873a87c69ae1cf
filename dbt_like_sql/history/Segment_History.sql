-- purpose: How large each segment was in every run, and how many accounts came and went.
-- grain: RunId, Segment
-- source: docs/segments-and-measures.md
with members as (
    select
        segment,
        count(*) as members
    from segment_row
    group by segment
),

changes as (
    select
        Segment as segment,
        count(case when Change = 'joined' then 1 end) as joined,
        count(case when Change = 'left' then 1 end) as left_it
    from Segment_Change
    where RunId in (select run_id from run)
    group by Segment
)

select
    RunId,
    AsOfTime,
    Segment,
    Members,
    Joined,
    "Left"
from previous_segment_history
union all
select
    run.run_id as RunId,
    run.as_of as AsOfTime,
    segment_listed.segment as Segment,
    coalesce(members.members, 0) as Members,
    coalesce(changes.joined, 0) as Joined,
    coalesce(changes.left_it, 0) as "Left"
from segment_listed
cross join run
left join members
    on segment_listed.segment = members.segment
left join changes
    on segment_listed.segment = changes.segment
