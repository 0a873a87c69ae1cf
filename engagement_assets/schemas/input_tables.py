"""The tables that Python gives to the SQL models: the ground on which `dbt_like_sql/` stands.

Every one is replaced as a whole in each run. Addresses, domains, message ids and folder ids
appear only as 64-bit keys (see `landing/macros.sql`); `docs/how-it-works.md` says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from engagement_assets import schemas
from engagement_assets.vocabulary import MAILBOX_STATUSES


@dataclass(frozen=True)
class InputTable:
    """One table that Python fills.

    Attributes:
        name: table name, as the SQL models refer to it.
        description: what a row is, for the lineage page and the docs.
        columns: column name to (DuckDB type, description).
    """

    name: str
    description: str
    columns: Mapping[str, tuple[str, str]]

    def create(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Create the empty table, replacing one that is there."""
        columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in self.columns.items())
        connection.execute(f'create or replace table "{self.name}" ({columns})')


_INSTANT = "TIMESTAMP WITH TIME ZONE"

_ITEM = {
    "person_no": ("INTEGER", "the owner of the mailbox"),
    "file_no": ("INTEGER", "place of the file among the mailbox's files, in the order of names"),
    "line": ("INTEGER", "line in the file"),
    "item_key": ("BIGINT", "key of the item's id; null when it has none"),
    "modified_at": (_INSTANT, "lastModifiedDateTime; null when unknown"),
    "is_removed": ("BOOLEAN", "an @removed entry"),
}

# The tables whose next rows depend on what was published before, by the name that models read.
PREVIOUS: Mapping[str, str] = {
    "previous_run": "Office_Run",
    "previous_score": "Office_ScoreHistory",
    "previous_profile": "Customer_Profile",
    "previous_segment_member": "Segment_Member",
    "previous_segment_history": "Segment_History",
    "previous_segment_change": "Segment_Change",
    "previous_measure_history": "Measure_History",
}


def _published_before(name: str, table: str) -> InputTable:
    columns = schemas.TABLES[table].columns
    return InputTable(
        name,
        f"{table} as it was published before this run.",
        {column.name: (column.type, "as published") for column in columns},
    )


_ALL = (
    InputTable(
        "consent_status",
        "Whether data may be read: a row for each permission, and one for the privacy terms. "
        "Nothing is read while one is missing.",
        {
            "item": ("VARCHAR", "privacy terms, or the name of a permission in Microsoft 365"),
            "status": ("VARCHAR", "granted, missing, or excess: more than is needed"),
            "proof": (
                "VARCHAR",
                "configuration; role: the token names it; probe: a listed mailbox answered",
            ),
            "granted_at": (
                _INSTANT,
                "when the terms were accepted, or when it was first seen that nothing is missing",
            ),
        },
    ),
    InputTable(
        "run",
        "The moment that this run is about. One row.",
        {
            "run_id": ("VARCHAR", "id of the run"),
            "as_of": (_INSTANT, "the moment up to which activity counts"),
            "as_of_day": ("DATE", "its day in the configured time zone"),
            "window_start": (_INSTANT, "local midnight of the window's first day"),
            "window_first_day": ("DATE", "the window's first day"),
            "time_zone": ("VARCHAR", "the configured time zone, an IANA name"),
            "started_at": (_INSTANT, "when the run began"),
        },
    ),
    InputTable(
        "run_end",
        "When the results of this run were complete. One row.",
        {"finished_at": (_INSTANT, "the moment after which only checks and publishing follow")},
    ),
    InputTable(
        "local_day",
        "Days of the configured time zone, from a week before the window to a week after it.",
        {
            "day": ("DATE", "the day"),
            "starts_at": (_INSTANT, "its local midnight (the first, where it occurs twice)"),
        },
    ),
    InputTable(
        "person",
        "People whose mailboxes are read.",
        {
            "person_no": ("INTEGER", "dense number, in the order of user ids"),
            "user_id": ("VARCHAR", "Entra object id"),
            "email_address": ("VARCHAR", "primary address"),
        },
    ),
    InputTable(
        "person_address",
        "Every address of every person.",
        {"person_no": ("INTEGER", "the person"), "address_key": ("BIGINT", "key of the address")},
    ),
    InputTable(
        "opted_out_person",
        "People who opted out: what was read of their mailboxes before is erased.",
        {"user_id": ("VARCHAR", "Entra object id")},
    ),
    InputTable(
        "colleague_address",
        "Addresses of the organisation's people, opted-out people included.",
        {"address_key": ("BIGINT", "key of the address")},
    ),
    InputTable(
        "organisation_domain",
        "Verified domains of the tenant and those that the configuration adds.",
        {"domain_key": ("BIGINT", "key of the domain")},
    ),
    InputTable(
        "exclusion",
        "Addresses and domains that the configuration excludes from the contacts.",
        {
            "address_key": ("BIGINT", "key of an excluded address, else null"),
            "domain_key": ("BIGINT", "key of an excluded domain, else null"),
        },
    ),
    InputTable(
        "contact_row",
        "Rows of the mapped customer dataset, as they were read.",
        {
            "line": ("BIGINT", "row of the file"),
            "account_id": ("VARCHAR", "account id, trimmed; null when empty"),
            "address_key": ("BIGINT", "key of the contact's address; null when it is invalid"),
            "domain_key": ("BIGINT", "key of the address's domain"),
        },
    ),
    InputTable(
        "account_row",
        "Rows of the accounts file, as they were read; none without such a file.",
        {
            "line": ("BIGINT", "row of the file"),
            "account_id": ("VARCHAR", "account id, trimmed; null when empty"),
            "name": ("VARCHAR", "name; null when empty"),
            "parent_id": ("VARCHAR", "id of the account above; null when empty, or not mapped"),
        },
    ),
    InputTable(
        "score_weight",
        "The seven components of the engagement score and what each can earn.",
        {
            "component": ("VARCHAR", "name of the component"),
            "weight": ("DOUBLE", "the most points that it can give"),
        },
    ),
    InputTable(
        "mailbox",
        "What became of each person's mailbox in this run.",
        {
            "person_no": ("INTEGER", "the owner"),
            "status": (
                "VARCHAR",
                f"{', '.join(MAILBOX_STATUSES[:-1])} or {MAILBOX_STATUSES[-1]}",
            ),
            "reason": ("VARCHAR", "why it was not processed"),
            "covered_from": (_INSTANT, "start of the stretch whose activity counts"),
            "covered_to": (_INSTANT, "end of that stretch"),
        },
    ),
    InputTable(
        "excluded_folder",
        "Drafts, Junk Email, Conversation History and their subfolders.",
        {"person_no": ("INTEGER", "the owner"), "folder_key": ("BIGINT", "key of the folder's id")},
    ),
    InputTable(
        "landed_message",
        "Message resources of the mailboxes that count, every version of every item.",
        _ITEM
        | {
            "email_key": ("BIGINT", "key of the internetMessageId, or of the item's own id"),
            "is_invitation": ("BOOLEAN", "an eventMessage: the meeting counts as a meeting"),
            "is_draft": ("BOOLEAN", "isDraft"),
            "folder_key": ("BIGINT", "key of the folder's id"),
            "sent_at": (_INSTANT, "sentDateTime, to the microsecond; null when unreadable"),
            "sender_key": ("BIGINT", "key of the sender's address; null when none is valid"),
            "sender_domain_key": (
                "BIGINT",
                "key of the sender's domain; null for an X.500 name",
            ),
            "recipient_keys": ("BIGINT[]", "keys of the valid To, Cc and Bcc addresses"),
            "thread": ("VARCHAR", "conversation: '0' and 16 bytes in hex, or '1' and the text"),
        },
    ),
    InputTable(
        "landed_event",
        "Event resources of the mailboxes that count, every version of every item.",
        _ITEM
        | {
            "meeting_key": ("BIGINT", "key of the iCalUId, or of the item's own id"),
            "is_series_master": ("BOOLEAN", "type is seriesMaster"),
            "is_cancelled": ("BOOLEAN", "isCancelled"),
            "is_organizer": ("BOOLEAN", "isOrganizer: the copy in the organiser's calendar"),
            "is_all_day": ("BOOLEAN", "isAllDay"),
            "is_declined": ("BOOLEAN", "the owner's own responseStatus is declined"),
            "start_at": (_INSTANT, "start; null when start or its time zone is unreadable"),
            "end_at": (_INSTANT, "end; null when end or its time zone is unreadable"),
            "start_day": ("DATE", "the date that start names, in whatever time zone"),
            "end_day": ("DATE", "the date that end names, in whatever time zone"),
            "organizer_key": ("BIGINT", "key of the organiser's address"),
            "organizer_domain_key": (
                "BIGINT",
                "key of the organiser's domain; null for an X.500 name",
            ),
            "participant_keys": (
                "BIGINT[]",
                "keys of the organiser and of attendees, no resources, who did not decline",
            ),
            # null, which stands for nobody, in rows that were landed before there was this column
            "declined_keys": ("BIGINT[]", "keys of attendees, no resources, who declined"),
            "resource_keys": ("BIGINT[]", "keys of attendees of the type resource"),
        },
    ),
    InputTable(
        "column_source",
        "Which columns the columns of the models are made of, read off their SQL.",
        {
            "table_name": ("VARCHAR", "table that a model makes"),
            "column_name": ("VARCHAR", "column of it"),
            "source_table": ("VARCHAR", "table that the model reads"),
            "source_column": ("VARCHAR", "column of that one"),
            "source_description": ("VARCHAR", "what that column says; null where nobody wrote it"),
        },
    ),
    InputTable(
        "segment_listed",
        "The segments that there are: one for each SQL file.",
        {
            "segment": ("VARCHAR", "name of the file"),
            "title": ("VARCHAR", "title in its header"),
            "description": ("VARCHAR", "purpose in its header"),
            "sql": ("VARCHAR", "its text"),
            "columns": ("VARCHAR", "columns that it shows of a member, a JSON array"),
        },
    ),
    InputTable(
        "segment_row",
        "The rows of all segments.",
        {
            "segment": ("VARCHAR", "the segment"),
            "customer_id": ("VARCHAR", "the member"),
            "facts": ("VARCHAR", "its other columns, a JSON object"),
        },
    ),
    InputTable(
        "segment_cause",
        "Which columns of Customer_Profile decide about a segment, read off its SQL.",
        {
            "segment": ("VARCHAR", "the segment"),
            "column_name": ("VARCHAR", "a column that it reads"),
        },
    ),
    InputTable(
        "profile_change",
        "What changed in Customer_Profile of accounts that joined or left a segment.",
        {
            "customer_id": ("VARCHAR", "the account"),
            "column_name": ("VARCHAR", "the column"),
            "before": ("VARCHAR", "its value in the run before, as JSON"),
            "after": ("VARCHAR", "its value now, as JSON"),
        },
    ),
    InputTable(
        "measure_listed",
        "The measures that there are: one for each SQL file.",
        {
            "measure": ("VARCHAR", "name of the file"),
            "title": ("VARCHAR", "title in its header"),
            "description": ("VARCHAR", "purpose in its header"),
            "unit": ("VARCHAR", "unit in its header"),
            "grain": ("VARCHAR", "business or customer"),
            "sql": ("VARCHAR", "its text"),
        },
    ),
    InputTable(
        "measure_row",
        "The rows of all measures.",
        {
            "measure": ("VARCHAR", "the measure"),
            "customer_id": ("VARCHAR", "the account; null for the whole business"),
            "dimensions": ("VARCHAR", "its dimensions, a JSON object; null without any"),
            "value": ("DOUBLE", "the value; null when there is nothing to measure"),
        },
    ),
    *map(_published_before, PREVIOUS, PREVIOUS.values()),
)

INPUT_TABLES: Mapping[str, InputTable] = {source.name: source for source in _ALL}
