"""The configuration file, and the privacy terms in it."""

from collections.abc import Iterator
from pathlib import Path

from engagement_assets import config, consent
from engagement_assets.config import Configuration
from engagement_assets.errors import ConfigurationError
from engagement_assets.preflight.check import Check, failed, ok, warning


def read(file: Path) -> tuple[Configuration | None, Check]:
    """Read the file; when only what it names is missing, the rest can be checked all the same."""
    subject = "Configuration"
    try:
        return config.load(file), ok(subject, f"{file} can be read.")
    except ConfigurationError as failure:
        check = failed(subject, failure)
    try:
        return config.load(file, files_must_exist=False), check
    except ConfigurationError:
        return None, check


def inspect(configuration: Configuration) -> Iterator[Check]:
    """Yield what the file says about privacy and time."""
    try:
        terms = consent.require_terms(configuration)
    except ConfigurationError as failure:
        yield failed("Privacy terms", failure)
    else:
        yield ok(
            "Privacy terms",
            f"Accepted by {terms.accepted_by} at {terms.accepted_at:%Y-%m-%d %H:%M %Z}.",
        )
    if configuration.as_of and configuration.source.kind == "graph":
        yield warning(
            "Moment",
            f"as_of is fixed: every run tells the story of {configuration.as_of:%Y-%m-%d}.",
            "Remove as_of, unless you want just that.",
        )
