-- purpose: The year, month and week that each day of the window belongs to.
-- grain: day, aggregation level
-- source: numbers 4.2, 4.3
with window_day as (
    select
        local_day.day,
        run.window_first_day
    from local_day
    cross join run
    where local_day.day between run.window_first_day and run.as_of_day
),

period as (
    select
        day,
        'year' as aggregation_level,
        window_first_day as period_start
    from window_day
    union all
    select
        day,
        'month' as aggregation_level,
        cast(date_trunc('month', day) as date) as period_start
    from window_day
    union all
    select
        day,
        'week' as aggregation_level,
        cast(date_trunc('week', day) as date) as period_start
    from window_day
)

select
    day, -- a day of the window
    aggregation_level, -- year, month or week
    period_start, -- AggregationStartDate: the window's first day, the month's first, the ISO week's Monday
    max(day) over (partition by aggregation_level, period_start) as last_day -- the period's last day, or as_of's day if earlier
from period
