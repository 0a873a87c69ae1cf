-- title: the history of segments counts the changes
-- severity: stop
-- purpose: Joined and Left of Segment_History count the rows of Segment_Change, in every run.
-- source: numbers 7
with change as (
    select
        RunId,
        Segment,
        count(*) filter (where Change = 'joined') as Joined,
        count(*) filter (where Change = 'left') as "Left"
    from Segment_Change
    group by RunId, Segment
)

select
    coalesce(history.RunId, change.RunId) as RunId,
    coalesce(history.Segment, change.Segment) as Segment
from change
full join Segment_History as history
    on
        change.RunId = history.RunId
        and change.Segment = history.Segment
where
    history.Joined is distinct from coalesce(change.Joined, 0)
    or history."Left" is distinct from coalesce(change."Left", 0)
