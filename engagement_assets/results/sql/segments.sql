-- The segments that there are, with their size now and what the newest run changed.
-- Grain: one segment. IsNew: no run before had it, so nobody joined or left.
with history as (
    select
        history.Segment,
        history.Members,
        history.Joined,
        history."Left",
        count(*) over (partition by history.Segment) as Runs,
        row_number() over (
            partition by history.Segment
            order by run.StartedAt desc, run.RunId asc
        ) as Age
    from Segment_History as history
    inner join Office_Run as run on history.RunId = run.RunId
)

select
    definition.Segment,
    definition.Title,
    definition.Description,
    history.Members,
    history.Joined,
    history."Left",
    history.Runs = 1 as IsNew
from Segment_Definition as definition
inner join history on definition.Segment = history.Segment and history.Age = 1
order by lower(definition.Title), definition.Segment
