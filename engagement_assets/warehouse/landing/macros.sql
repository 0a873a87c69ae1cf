-- What Python and the landing statements share. DuckDB only: here speed beats portability, so
-- that the models in dbt_like_sql/ meet keys and instants, never text.

create or replace temp macro trimmed(value) as
    case
        when starts_with(value, '<') and ends_with(value, '>') then value
        else trim(value, '$white_space$')
    end;

-- numbers 1, address. Nearly every one is plain and only has to be put into lower case; Python
-- reads all others (addresses.normalise), by the one rule that there is.
create or replace temp macro normalised_address(value) as
    case
        when regexp_full_match(value, '$plain_address$') then lower(value)
        when value is not null then address_of(value)
    end;

-- null for an X.500 name, which has none
create or replace temp macro domain_of(address) as
    case when not starts_with(address, '/o=') then split_part(address, '@', 2) end;

-- 64 bits of MD5: the same in every version of DuckDB, which hash() does not promise
create or replace temp macro key_of(value) as
    cast(cast(md5_number_lower(value) as hugeint) - 9223372036854775808 as bigint);

-- numbers 2.3: whether a text is a time in the extended form of ISO 8601, to the minute at least
create or replace temp macro is_time(value) as regexp_full_match(
    value,
    '(000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-\d{2}-\d{2}[Tt ]([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d+)?)?'
    || '([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)?'
);

create or replace temp macro has_offset(value) as regexp_matches(value, '([Zz]|[+-]\d{2}:?\d{2})$');

-- an instant to the microsecond; null when the text is not a time; without an offset it is UTC
create or replace temp macro instant(value) as
    case
        when is_time(value) then try_cast(upper(value) as timestamp with time zone)
    end;

-- the date and time on the wall that a text names, whatever offset follows
create or replace temp macro wall_time(value) as
    case
        when instant(value) is not null
            then
                try_cast(
                    regexp_replace(upper(value), '(Z|[+-]\d{2}:?\d{2})$', '') as timestamp
                )
    end;

-- the name of a time zone as `time_zone` has it; where none is named it is UTC
create or replace temp macro zone_name(value) as
    coalesce(nullif(lower(trim(value, '$white_space$')), ''), 'utc');

-- numbers 3.6: a wall time that occurs twice is the first one. DuckDB takes the last; the first
-- is the one read with the offset that was in force a day before.
create or replace temp macro earlier_reading(wall, zone, late) as
    timezone('UTC', wall - (
        timezone(zone, late - interval 1 day) - timezone('UTC', late - interval 1 day)
    ));

create or replace temp macro first_of(wall, zone, early, late) as
    case when early < late and timezone(zone, early) = wall then early else late end;

create or replace temp macro first_instant(wall, zone) as
    case
        when zone = 'UTC' then timezone('UTC', wall)
        else first_of(
            wall,
            zone,
            earlier_reading(wall, zone, timezone(zone, wall)),
            timezone(zone, wall)
        )
    end;

-- numbers 2.7: '0' and the last 16 bytes in hex of an id that is base64 in Exchange's alphabet
-- and decodes to 32 bytes or more (44 characters, of which at most one fills up); '1' and the
-- text of any other; so decoded threads sort before texts
create or replace temp macro thread_of(value) as
    case
        when value = '' then null
        when
            len(value) >= 44
            and len(value) % 4 = 0
            and (len(value) > 44 or not ends_with(value, '=='))
            and regexp_full_match(value, '[A-Za-z0-9_-]+={0,2}')
            then '0' || lower(right(hex(from_base64(translate(value, '-_', '/+'))), 32))
        else '1' || value
    end;

-- a JSON value that is text, else null: a value of an unexpected kind is absent, not an error
create or replace temp macro text_of(value) as
    case when json_type(value) = 'VARCHAR' then json_extract_string(value, '$') end;

create or replace temp macro text_at(value, path) as text_of(json_extract(value, path));

create or replace temp macro is_true(value) as
    coalesce(json_type(value) = 'BOOLEAN' and json_extract_string(value, '$') = 'true', false);

create or replace temp macro is_given(value) as coalesce(json_type(value) <> 'NULL', false);

create or replace temp macro recipients(value) as
    coalesce(json_extract(value, '$[*].emailAddress.address'), []);

create or replace temp macro normalised_keys(texts) as list_distinct([
    key_of(address)
    for address in [normalised_address(item) for item in texts]
    if address is not null
]);

-- one JSON object a line: the file's number, the line's number, and the resource
create or replace temp macro incoming_message(file) as table
    select
        f as file_id,
        l as line,
        r.*
    from read_json(
        file,
        format = 'newline_delimited',
        maximum_object_size = 17825792,
        columns = {
            f: 'INTEGER',
            l: 'INTEGER',
            r: 'STRUCT(
                "@odata.type" JSON, "@removed" JSON, id JSON, "internetMessageId" JSON,
                "conversationId" JSON, "parentFolderId" JSON, "sentDateTime" JSON,
                "lastModifiedDateTime" JSON, "isDraft" JSON, "from" JSON, sender JSON,
                "toRecipients" JSON, "ccRecipients" JSON, "bccRecipients" JSON
            )'
        }
    );

create or replace temp macro incoming_event(file) as table
    select
        f as file_id,
        l as line,
        r.*
    from read_json(
        file,
        format = 'newline_delimited',
        maximum_object_size = 17825792,
        columns = {
            f: 'INTEGER',
            l: 'INTEGER',
            r: 'STRUCT(
                "@removed" JSON, id JSON, "iCalUId" JSON, type JSON, "isCancelled" JSON,
                "isOrganizer" JSON, "isAllDay" JSON, "lastModifiedDateTime" JSON, start JSON,
                "end" JSON, organizer JSON, attendees JSON, "responseStatus" JSON
            )'
        }
    );
