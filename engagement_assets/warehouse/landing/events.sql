-- purpose: Typed event versions of one batch; attendees are folded into those who take part.
-- grain: line of an events file
-- source: contract 1, 3.1-3.4, 3.6
with read as (
    select
        *,
        nullif(id, '') as item_id,
        json_extract_string("start", '$.dateTime') as start_text,
        json_extract_string("end", '$.dateTime') as end_text,
        coalesce(nullif(json_extract_string("start", '$.timeZone'), ''), 'UTC') as start_zone,
        coalesce(nullif(json_extract_string("end", '$.timeZone'), ''), 'UTC') as end_zone,
        normalised_address(
            json_extract_string(organizer, '$.emailAddress.address')
        ) as organizer_address
    from incoming_event($file)
)

select
    read.file_id,
    read.line,
    key_of(read.item_id) as item_key,
    instant(read."lastModifiedDateTime") as modified_at,
    read."@removed" is not null as is_removed,
    read.item_id,
    key_of(
        coalesce(nullif(read."iCalUId", ''), read.item_id, read.file_id || ':' || read.line)
    ) as meeting_key,
    coalesce(read.type = 'seriesMaster', false) as is_series_master,
    coalesce(read."isCancelled" = 'true', false) as is_cancelled,
    coalesce(read."isOrganizer" = 'true', false) as is_organizer,
    coalesce(read."isAllDay" = 'true', false) as is_all_day,
    coalesce(
        json_extract_string(read."responseStatus", '$.response') = 'declined', false
    ) as is_declined,
    case
        when start_zone.iana is null then null
        when has_offset(read.start_text) then instant(read.start_text)
        else first_instant(wall_time(read.start_text), start_zone.iana)
    end as start_at,
    case
        when end_zone.iana is null then null
        when has_offset(read.end_text) then instant(read.end_text)
        else first_instant(wall_time(read.end_text), end_zone.iana)
    end as end_at,
    cast(wall_time(read.start_text) as date) as start_day,
    cast(wall_time(read.end_text) as date) as end_day,
    key_of(read.organizer_address) as organizer_key,
    key_of(domain_of(read.organizer_address)) as organizer_domain_key,
    normalised_keys(
        [read.organizer_address]
        || [
            json_extract_string(attendee, '$.emailAddress.address')
            for attendee in coalesce(json_extract(read.attendees, '$[*]'), [])
            if coalesce(json_extract_string(attendee, '$.type'), '') <> 'resource'
            and coalesce(json_extract_string(attendee, '$.status.response'), '') <> 'declined'
        ]
    ) as participant_keys
from read
left join time_zone as start_zone
    on read.start_zone = start_zone.name
left join time_zone as end_zone
    on read.end_zone = end_zone.name
order by start_at, meeting_key, file_id, line
