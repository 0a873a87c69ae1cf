-- purpose: Versions of a calendar item that are not the newest one in their mailbox: no copies at all.
-- grain: landed version of an item
-- source: numbers 1, copy
with repeated as (
    select
        person_no,
        item_key
    from landed_event
    where item_key is not null
    group by person_no, item_key
    having count(*) > 1
),

ranked as (
    select
        landed.person_no,
        landed.file_no,
        landed.line,
        row_number() over (
            partition by landed.person_no, landed.item_key
            order by landed.modified_at desc nulls last, landed.file_no desc, landed.line desc
        ) as newness
    from landed_event as landed
    inner join repeated
        on landed.person_no = repeated.person_no and landed.item_key = repeated.item_key
)

select
    person_no, -- the owner of the mailbox
    file_no, -- place of the file among the mailbox's files
    line -- line in the file
from ranked
where newness > 1
