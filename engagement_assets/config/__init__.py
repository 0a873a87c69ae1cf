"""The configuration: one YAML file, read into typed sections, or refused with what is wrong."""

from engagement_assets.config.reading import load
from engagement_assets.config.sections import (
    DEFAULT_WEIGHTS,
    OPTED_OUT,
    Configuration,
    Customers,
    Mailboxes,
    OpenId,
    PrivacyTerms,
    Results,
    Smtp,
)
from engagement_assets.config.sources import FolderSource, GraphSource, Source

__all__ = [
    "DEFAULT_WEIGHTS",
    "OPTED_OUT",
    "Configuration",
    "Customers",
    "FolderSource",
    "GraphSource",
    "Mailboxes",
    "OpenId",
    "PrivacyTerms",
    "Results",
    "Smtp",
    "Source",
    "load",
]
