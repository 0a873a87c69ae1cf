-- purpose: Which account joined or left which segment in which run, and which figures had changed.
-- grain: RunId, Segment, CustomerId
-- source: docs/segments-and-measures.md
with change as (
    select
        segment_row.segment,
        segment_row.customer_id,
        'joined' as change
    from segment_row
    left join previous_segment_member as earlier
        on
            segment_row.segment = earlier.Segment
            and segment_row.customer_id = earlier.CustomerId
    where earlier.CustomerId is null
    union all
    select
        earlier.Segment as segment,
        earlier.CustomerId as customer_id,
        'left' as change
    from previous_segment_member as earlier
    -- the members of a segment that no longer exists did not leave it
    inner join segment_listed
        on earlier.Segment = segment_listed.segment
    left join segment_row
        on
            earlier.Segment = segment_row.segment
            and earlier.CustomerId = segment_row.customer_id
    where segment_row.customer_id is null
),

known_before as (
    select previous_segment_history.Segment as segment
    from previous_segment_history
    inner join run_before
        on previous_segment_history.RunId = run_before.run_id
),

figures as (
    select
        change.segment,
        change.customer_id,
        string_agg(
            '"' || profile_change.column_name
            || '":{"before":' || coalesce(profile_change.before, 'null')
            || ',"after":' || coalesce(profile_change.after, 'null') || '}',
            ',' order by profile_change.column_name
        ) as listed
    from change
    inner join segment_cause
        on change.segment = segment_cause.segment
    inner join profile_change
        on
            change.customer_id = profile_change.customer_id
            and segment_cause.column_name = profile_change.column_name
    group by change.segment, change.customer_id
)

select
    RunId,
    AsOfTime,
    Segment,
    CustomerId,
    Change,
    Reason
from previous_segment_change
union all
select
    run.run_id as RunId,
    run.as_of as AsOfTime,
    change.segment as Segment,
    change.customer_id as CustomerId,
    change.change as Change,
    case
        when known_before.segment is not null then '{' || coalesce(figures.listed, '') || '}'
    end as Reason
from change
cross join run
left join known_before
    on change.segment = known_before.segment
left join figures
    on
        change.segment = figures.segment
        and change.customer_id = figures.customer_id
