-- purpose: The typical active account of each cohort: the geometric mean of a component's values above 0.
-- grain: aggregation level, period, component
-- source: numbers 6
select
    aggregation_level, -- year, month or week
    period_start, -- AggregationStartDate
    component, -- part of the score
    -- exact decimals add up to the same sum in any order of rows
    exp(cast(sum(cast(ln(value) as decimal(38, 15))) as double) / count(*)) as reference -- geometric mean
from score_value
where value > 0
group by aggregation_level, period_start, component
