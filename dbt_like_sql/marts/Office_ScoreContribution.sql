-- purpose: Why an account has its score: what each of the seven components gives.
-- grain: PrimaryKey, Component
-- source: numbers 6, 7
select
    account.account_id
    || '|' || score_value.aggregation_level
    || '|' || cast(score_value.period_start as varchar) as PrimaryKey,
    score_value.component as Component,
    score_value.value as Value,
    reference.reference as Reference,
    score_value.weight as Weight,
    case
        when score_value.value = 0 then 0.0
        else score_value.weight * score_value.value / (score_value.value + reference.reference)
    end as Points
from score_value
inner join account
    on score_value.account_no = account.account_no
left join score_reference as reference
    on
        score_value.aggregation_level = reference.aggregation_level
        and score_value.period_start = reference.period_start
        and score_value.component = reference.component
