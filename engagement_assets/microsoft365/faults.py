"""What Graph can answer instead of data, as exceptions that hold nothing personal."""

import email.utils
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from engagement_assets.errors import SourceError
from engagement_assets.microsoft365 import redaction

# 429 throttled, 500 a transient error of Exchange, 502-504 gateways; 408 is documented for all.
# The status decides, not the code: throttling was seen with three codes and with none.
TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})

# one item that cannot be read: asking again for the same page gives the same answer
CORRUPT_DATA = "errorcorruptdata"


class GraphError(SourceError):
    """Graph refused a request, or did not answer it however often it was asked.

    Attributes:
        status: HTTP status; None when no answer arrived.
        code: error code of Graph, as spelt there; empty when there was none.
        problem: what happened, in a few words.
        retry_after: seconds that the answer asked to wait; None when it did not say.
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
        remedy: str | None = None,
    ) -> None:
        """Make one of parts; `where` is the URL and is redacted here."""
        self.status = status
        self.code = code
        self.problem = problem
        self.retry_after = retry_after
        trace = f" (request-id {request_id})" if request_id else ""
        super().__init__(
            f"{problem}{trace}", where=f"Microsoft Graph, {redaction.url(where)}", remedy=remedy
        )

    def has_code(self, *codes: str) -> bool:
        """Compare the code as services do not agree on its case."""
        return self.code.lower() in {code.lower() for code in codes}


class TransientGraphError(GraphError):
    """An answer, or none, after which the same request is worth another try."""


def of_answer(status: int, headers: Mapping[str, str], body: bytes, where: str) -> GraphError:
    """Return the exception for an answer whose status is not 2xx."""
    code = redaction.code(_error(body).get("code"))
    transient = status in TRANSIENT_STATUSES and code.lower() != CORRUPT_DATA
    kind = TransientGraphError if transient else GraphError
    return kind(
        f"{status} {code}".rstrip(),
        where,
        status=status,
        code=code,
        request_id=redaction.request_id(headers.get("request-id")),
        retry_after=retry_after(headers.get("Retry-After")),
    )


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


def _error(body: bytes) -> Mapping[str, Any]:
    """Return the `error` of a body; the body may be absent, HTML or cut short on a 5xx."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, dict) else {}
