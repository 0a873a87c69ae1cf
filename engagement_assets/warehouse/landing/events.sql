-- purpose: Typed event versions of one batch; attendees are folded into what their entries say.
-- grain: line of an events file
-- source: numbers 1, 3.1-3.4, 3.6
with event as (
    select
        file_id,
        line,
        nullif(text_of(id), '') as item_id,
        nullif(text_of("iCalUId"), '') as meeting_id,
        text_of("lastModifiedDateTime") as modified_at,
        is_given("@removed") as is_removed,
        lower(text_of(type)) as type,
        is_true("isCancelled") as is_cancelled,
        is_true("isOrganizer") as is_organizer,
        is_true("isAllDay") as is_all_day,
        lower(text_at("responseStatus", '$.response')) as response,
        text_at("start", '$.dateTime') as starts,
        text_at("end", '$.dateTime') as ends,
        zone_name(text_at("start", '$.timeZone')) as start_zone,
        zone_name(text_at("end", '$.timeZone')) as end_zone,
        normalised_address(text_at(organizer, '$.emailAddress.address')) as organizer_address,
        [
            {
                'address': text_at(attendee, '$.emailAddress.address'),
                'type': coalesce(lower(text_at(attendee, '$.type')), ''),
                'response': coalesce(lower(text_at(attendee, '$.status.response')), '')
            }
            for attendee in coalesce(json_extract(attendees, '$[*]'), [])
        ] as attendees
    from incoming_event($file)
)

select
    event.file_id,
    event.line,
    key_of(event.item_id) as item_key,
    instant(event.modified_at) as modified_at,
    event.is_removed,
    -- an item without any id is a meeting of its own
    key_of(
        coalesce(event.meeting_id, event.item_id, event.file_id || ':' || event.line)
    ) as meeting_key,
    coalesce(event.type = 'seriesmaster', false) as is_series_master,
    event.is_cancelled,
    event.is_organizer,
    event.is_all_day,
    coalesce(event.response = 'declined', false) as is_declined,
    case
        when start_zone.iana is null then null
        when has_offset(event.starts) then instant(event.starts)
        else first_instant(wall_time(event.starts), start_zone.iana)
    end as start_at,
    case
        when end_zone.iana is null then null
        when has_offset(event.ends) then instant(event.ends)
        else first_instant(wall_time(event.ends), end_zone.iana)
    end as end_at,
    cast(wall_time(event.starts) as date) as start_day,
    cast(wall_time(event.ends) as date) as end_day,
    key_of(event.organizer_address) as organizer_key,
    key_of(domain_of(event.organizer_address)) as organizer_domain_key,
    normalised_keys(
        [event.organizer_address]
        || [
            attendee.address
            for attendee in event.attendees
            if attendee.type <> 'resource' and attendee.response <> 'declined'
        ]
    ) as participant_keys,
    normalised_keys([
        attendee.address
        for attendee in event.attendees
        if attendee.type <> 'resource' and attendee.response = 'declined'
    ]) as declined_keys,
    normalised_keys(
        [attendee.address for attendee in event.attendees if attendee.type = 'resource']
    ) as resource_keys
from event
left join time_zone as start_zone
    on event.start_zone = start_zone.name
left join time_zone as end_zone
    on event.end_zone = end_zone.name
order by start_at, meeting_key, file_id, line
