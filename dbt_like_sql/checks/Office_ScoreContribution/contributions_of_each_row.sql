-- title: 7 contributions for each row
-- severity: stop
-- purpose: Every row of Office has seven rows in Office_ScoreContribution, which has no others.
-- source: numbers 7
with parts as (
    select
        PrimaryKey,
        count(*) as parts
    from Office_ScoreContribution
    group by PrimaryKey
)

select coalesce(office.PrimaryKey, parts.PrimaryKey) as PrimaryKey
from Office as office
full join parts on office.PrimaryKey = parts.PrimaryKey
where
    office.PrimaryKey is null
    or parts.parts is distinct from 7
