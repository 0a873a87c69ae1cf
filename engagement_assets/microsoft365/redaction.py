"""What of a URL or a body may reach a log or an exception.

Person ids and the words of Graph's own paths stay. Addresses, item and folder ids, and every
value of a query go: a filter holds an address, a next link may hold anything.
"""

import logging
import re
from urllib.parse import urlsplit

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Graph's own words (calendarView, microsoft.graph.user, v1.0), which no id is: those are longer
# or hold digits
_WORD = re.compile(r"v1\.0|[A-Za-z][A-Za-z.]{0,39}")
_PARAMETER = re.compile(r"[$A-Za-z]{1,40}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")
_REQUEST_ID = re.compile(r"[0-9a-fA-F-]{8,64}")

HIDDEN = "*"


def url(text: str) -> str:
    """Return a URL, or a path with its query, without what may be personal."""
    parts = urlsplit(text)
    path = "/".join(
        segment if not segment or _GUID.fullmatch(segment) or _WORD.fullmatch(segment) else HIDDEN
        for segment in parts.path.split("/")
    )
    names = [pair.partition("=")[0].replace("%24", "$") for pair in parts.query.split("&")]
    query = "&".join(
        (name if _PARAMETER.fullmatch(name) else HIDDEN) + f"={HIDDEN}" for name in names if name
    )
    host = f"{parts.scheme}://{parts.hostname}" if parts.scheme and parts.hostname else ""
    return host + path + (f"?{query}" if query else "")


def code(value: object) -> str:
    """Return an error code of Graph; nothing when the text is not a code."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def request_id(value: object) -> str:
    """Return the id of a request, by which Microsoft's support finds it; else nothing."""
    return value if isinstance(value, str) and _REQUEST_ID.fullmatch(value) else ""


class _WithoutUrls(logging.Filter):
    """Redacts the paths that urllib3 writes into its log of every request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                url(argument)
                if isinstance(argument, str) and argument.startswith(("/", "http"))
                else argument
                for argument in record.args
            )
        return True


# a filter works only on the logger that a record is made with, hence one per module of urllib3
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_WithoutUrls())
