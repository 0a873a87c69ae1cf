-- The parts of the scores of a customer's periods, what each lacks, and what a better value gives.
-- Goal: the first whole number that is not below the typical value as it is shown, with one digit,
-- where there is less; else twice the value; of Recency: a contact today.
-- Grain: one part of one period. Only the rows of the table from $first to $last are read: it is in
-- the order of its key, and a whole table of 45 million rows takes ten times as long. An id that
-- another one continues with a bar finds the other's rows too; the caller keeps its own.
with part as (
    select
        PrimaryKey,
        Component,
        Value,
        Reference,
        Weight,
        Points,
        case
            when Component = 'Recency' then 1.0
            when Value < round(Reference, 1) then ceil(round(Reference, 1))
            else 2 * Value
        end as Goal
    from Office_ScoreContribution
    where rowid between $first and $last and PrimaryKey between $customer || '|' and $customer || '}'
)

select
    PrimaryKey,
    Component,
    Value,
    Reference,
    Weight,
    Points,
    Weight - Points as Missing,
    Goal,
    Weight * Goal / (Goal + Reference) - Points as Gain
from part
