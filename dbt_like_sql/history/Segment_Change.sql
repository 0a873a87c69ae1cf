-- purpose: Which account joined or left which segment in which run, which figures had changed, and what could be the cause.
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
),

looks_at as (
    select
        segment,
        count(case when kind <> 'own' then 1 end) > 0 as scores
    from segment_cause
    group by segment
),

weights as (
    select count(case when score_weight.weight <> previous_weight.Weight then 1 end) > 0 as are_others
    from score_weight
    inner join previous_weight
        on score_weight.component = previous_weight.Component
),

months as (
    -- of other months an account has other figures, whoever else wrote or met
    select
        date_trunc('month', run.as_of_day)
        <> date_trunc('month', cast(run_before.as_of at time zone run.time_zone as date)) as are_others
    from run
    cross join run_before
),

moved_itself as (
    select distinct
        change.segment,
        change.customer_id
    from change
    inner join profile_change
        on change.customer_id = profile_change.customer_id
    left join segment_figure
        on
            change.segment = segment_figure.segment
            and profile_change.column_name = segment_figure.column_name
    left join segment_cause
        on
            change.segment = segment_cause.segment
            and profile_change.column_name = segment_cause.column_name
            and segment_cause.kind = 'trend'
    left join months
        on segment_cause.kind = 'trend'
    where segment_figure.segment is not null or months.are_others
),

coverage as (
    select count(case when is_changed then 1 end) > 0 as is_changed
    from mailbox_coverage
)

select
    RunId,
    AsOfTime,
    Segment,
    CustomerId,
    Change,
    Reason,
    Cause
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
    end as Reason,
    case
        when run_before.run_id is null then null
        when known_before.segment is null or segment_listed.is_changed then 'rule'
        -- a segment that does not say what it looks at may look at scores
        when weights.are_others and coalesce(looks_at.scores, true) then 'rule'
        -- an account that came to the customer list or left it did so itself
        when listed_before.CustomerId is null or listed_now.account_id is null then 'own'
        when moved_itself.segment is null then 'others'
        when coverage.is_changed then 'coverage'
        else 'own'
    end as Cause
from change
inner join segment_listed
    on change.segment = segment_listed.segment
cross join run
cross join weights
cross join coverage
left join run_before on true
left join account as listed_now
    on change.customer_id = listed_now.account_id
left join previous_profile as listed_before
    on change.customer_id = listed_before.CustomerId
left join looks_at
    on change.segment = looks_at.segment
left join moved_itself
    on
        change.segment = moved_itself.segment
        and change.customer_id = moved_itself.customer_id
left join known_before
    on change.segment = known_before.segment
left join figures
    on
        change.segment = figures.segment
        and change.customer_id = figures.customer_id
