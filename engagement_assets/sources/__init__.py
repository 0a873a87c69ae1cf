"""The kinds of activity source: one record each, and the only place that lists them.

Belongs here: what the rest of the product has to know of a kind without asking which it is: how
it is opened, what an administrator must grant, what a first run takes. Does not: reading itself
(`activity`, `microsoft365`), questions and checks (`configure/sources`, `preflight/sources`).

A new kind is a room that reads it, a class in `config/sources.py`, a record here, a file each in
`configure/sources` and `preflight/sources`, and a case in the conformance test, which fails until
all of that is there.
"""

from typing import Any

from engagement_assets import config
from engagement_assets.sources.folder import FOLDER
from engagement_assets.sources.graph import GRAPH
from engagement_assets.sources.kind import AdminConsent, Estimate, Reach, Request, SourceKind

__all__ = [
    "FOLDER",
    "GRAPH",
    "KINDS",
    "AdminConsent",
    "Estimate",
    "Reach",
    "Request",
    "SourceKind",
    "named",
    "of",
]

# in the order in which people are asked for one; the first is offered first
KINDS: tuple[SourceKind[Any, Any], ...] = (GRAPH, FOLDER)


def of(settings: config.Source) -> SourceKind[Any, Any]:
    """Return the record of the kind that `source` of a configuration is."""
    return named(settings.kind)


def named(name: str) -> SourceKind[Any, Any]:
    """Return the record of a value of `source.kind`.

    Raises:
        KeyError: when there is none; the configuration lets no such value through.
    """
    return {kind.name: kind for kind in KINDS}[name]
