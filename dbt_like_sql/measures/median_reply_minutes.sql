-- title: Median reply time
-- purpose: How long customers take to answer. Half of all replies in the year looked at came faster, half slower.
-- unit: minutes
select median(cast(microseconds as double)) / 60000000 as Value
from reply
