"""What Graph can answer instead of data, as exceptions that hold nothing personal."""

import email.utils
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from engagement_assets.errors import SourceError
from engagement_assets.microsoft365 import redaction

# 429 throttled, 500 a transient error of Exchange, 502-504 gateways; 408 is documented for all.
# The status decides, not the code: throttling was seen with three codes and with none.
TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})

# one item that cannot be read: asking again for the same page gives the same answer
CORRUPT_DATA = ("ErrorCorruptData", "ErrorItemCorrupt")

# Graph passes on what a store, a front end or the directory says, so that one thing has several
# codes, and which one comes differs by data centre. These say that the person has no mailbox that
# can be read, with whichever status. With 404 so does every other one ...
NO_MAILBOX = (
    "MailboxNotEnabledForRESTAPI",
    "MailboxNotSupportedForRESTAPI",
    "ErrorNonExistentMailbox",
    "ErrorMailboxNotFound",
    "ErrorInvalidUser",
)
# ... but these, which say that an item, a folder or a calendar is not there; and no code at all,
# which is how a proxy on the way answers ...
NOT_THERE = (
    "ErrorItemNotFound",
    "ErrorFolderNotFound",
    "ErrorParentFolderNotFound",
    "ErrorManagedFolderNotFound",
    "ErrorCalendarNotFound",
    "ErrorObjectNotFound",
    "ItemNotFound",
    "ObjectNotFound",
    "UnknownError",
    "",
)
# ... unless the message says that even the folder which holds all others is not: that is no
# mailbox again, one that was never opened or was moved away
_NO_ROOT = "default folder root not found"

# what a tenant without Exchange Online answers to every request for mail and calendars
NO_EXCHANGE = "OrganizationFromTenantGuidNotFound"
NO_EXCHANGE_REMEDY = (
    "Correct source.tenant_id: name the tenant in which your colleagues' mailboxes lie. If it is "
    "this one, its Exchange Online has to be set up, or its licences renewed, first."
)


class GraphError(SourceError):
    """Graph refused a request, or did not answer it however often it was asked.

    Attributes:
        status: HTTP status; None when no answer arrived.
        code: error code of Graph, as spelt there; empty when there was none.
        problem: what happened, in a few words.
        retry_after: seconds that the answer asked to wait; None when it did not say.
        is_without_root: whether the answer says that the mailbox has no folder at all.
    """

    def __init__(
        self,
        problem: str,
        where: str,
        *,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        is_without_root: bool = False,
        remedy: str | None = None,
    ) -> None:
        """Make one of parts; `where` is the URL and is redacted here."""
        self.status = status
        self.code = code
        self.problem = problem
        self.retry_after = retry_after
        self.is_without_root = is_without_root
        trace = f" (request-id {request_id})" if request_id else ""
        super().__init__(
            f"{problem}{trace}", where=f"Microsoft Graph, {redaction.url(where)}", remedy=remedy
        )

    def has_code(self, *codes: str) -> bool:
        """Compare the code as services do not agree on its case."""
        return _is_one_of(self.code, codes)

    @property
    def says_no_mailbox(self) -> bool:
        """Whether Graph says that the person has no mailbox, in whichever of its ways."""
        if self.status == 404:
            return self.is_without_root or not self.has_code(*NOT_THERE)
        return self.status in {400, 403, 410} and self.has_code(*NO_MAILBOX)

    @property
    def says_not_there(self) -> bool:
        """Whether Graph says that an item, a folder or a calendar of a mailbox is not there."""
        return self.status == 404 and not self.says_no_mailbox


class TransientGraphError(GraphError):
    """An answer, or none, after which the same request is worth another try."""


class NoExchangeError(GraphError):
    """The tenant has no Exchange Online: neither mail nor calendars of anybody."""


def of_answer(status: int, headers: Mapping[str, str], body: bytes, where: str) -> GraphError:
    """Return the exception for an answer whose status is not 2xx."""
    content = _error(body)
    code = _code(content)
    parts: dict[str, Any] = {
        "status": status,
        "code": code,
        "request_id": redaction.request_id(headers.get("request-id")),
    }
    problem = f"{status} {code}".rstrip()
    if _is_one_of(code, [NO_EXCHANGE]):
        problem = f"this tenant has no Exchange Online, so nobody in it has mail ({problem})"
        return NoExchangeError(problem, where, remedy=NO_EXCHANGE_REMEDY, **parts)
    is_transient = status in TRANSIENT_STATUSES and not _is_one_of(code, CORRUPT_DATA)
    kind = TransientGraphError if is_transient else GraphError
    return kind(
        problem,
        where,
        retry_after=retry_after(headers.get("Retry-After")),
        is_without_root=_NO_ROOT in str(content.get("message")).lower(),
        **parts,
    )


def is_of_the_tenant(body: bytes) -> bool:
    """Tell whether an answer says that the tenant has no Exchange Online: no token helps."""
    return _is_one_of(_code(_error(body)), [NO_EXCHANGE])


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, a fraction, or a date.

    Args:
        value: the header.
        now: the present moment, by default the clock's.
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _is_one_of(code: str, codes: Iterable[str]) -> bool:
    return code.lower() in {each.lower() for each in codes}


def _code(error: Mapping[str, Any]) -> str:
    return redaction.code(error.get("code"))


def _error(body: bytes) -> Mapping[str, Any]:
    """Return the `error` of a body; the body may be absent, HTML or cut short on a 5xx."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, dict) else {}
