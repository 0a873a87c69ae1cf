-- What Python and the landing statements share. DuckDB only: here speed beats portability, so
-- that the models in dbt_like_sql/ meet keys and instants, never text.

create or replace temp macro trimmed(value) as
    case
        when starts_with(value, '<') and ends_with(value, '>') then value
        else trim(value, '$white_space$')
    end;

-- numbers 1: trimmed, lower-cased, without mailto:/smtp:, exactly one @ with text on both sides;
-- '' when there is no such thing. One expression, because DuckDB repeats a macro's argument
-- wherever the macro names it.
create or replace temp macro bare_address(value) as regexp_extract(
    lower(value),
    '^[$white_space$]*(?:(?:mailto|smtp):[$white_space$]*)*'
    || '([^@$white_space$][^@]*@(?:[^@]*[^@$white_space$]))[$white_space$]*$',
    1
);

create or replace temp macro valid_or_null(address) as
    case
        when address <> '' and not regexp_matches(address, '^(?:mailto|smtp):') then address
    end;

-- nearly every address is plain already: telling so is three times as fast as taking it apart
create or replace temp macro normalised_address(value) as
    case
        when regexp_full_match(value, '[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+') then lower(value)
        else valid_or_null(bare_address(value))
    end;

create or replace temp macro domain_of(address) as nullif(split_part(address, '@', 2), '');

-- 64 bits of MD5: the same in every version of DuckDB, which hash() does not promise
create or replace temp macro key_of(value) as
    cast(cast(md5_number_lower(value) as hugeint) - 9223372036854775808 as bigint);

-- an instant to the microsecond; null unless it is ISO 8601; without an offset it is UTC
create or replace temp macro instant(value) as
    case
        when regexp_full_match(
            value,
            '\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?'
        ) then try_cast(value as timestamp with time zone)
    end;

create or replace temp macro has_offset(value) as regexp_matches(value, '(Z|[+-]\d{2}:\d{2})$');

-- a time zone's name as `time_zone` has it
create or replace temp macro zone_name(value) as coalesce(nullif(lower(trimmed(value)), ''), 'utc');

-- the date and time on the wall that a text names, whatever offset follows
create or replace temp macro wall_time(value) as
    case
        when instant(value) is not null
            then try_cast(regexp_replace(value, '(Z|[+-]\d{2}:\d{2})$', '') as timestamp)
    end;

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
