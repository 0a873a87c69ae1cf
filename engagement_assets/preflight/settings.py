"""The configuration file, and the privacy terms in it."""

from pathlib import Path

from engagement_assets import config, consent
from engagement_assets.config import Configuration
from engagement_assets.errors import ConfigurationError
from engagement_assets.preflight.check import Check, failed, ok


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


def terms(configuration: Configuration) -> Check:
    """Return what is said about the privacy terms."""
    subject = "Privacy terms"
    try:
        accepted = consent.require_terms(configuration)
    except ConfigurationError as failure:
        return failed(subject, failure)
    # not by whom: it may be somebody who opted out, under another address than the one listed
    return ok(subject, f"Accepted at {accepted.accepted_at:%Y-%m-%d %H:%M %Z}.")
