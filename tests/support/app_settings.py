"""Settings of the results app, made from its section of the configuration alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engagement_assets import config
from engagement_assets.results.settings import AppSettings

SIGN_IN = {"issuer": "https://login.test/1/v2.0", "client_id": "app"}
SECRETS = {"ENGAGEMENT_SESSION_KEY": "k" * 32, "ENGAGEMENT_RESULTS_CLIENT_SECRET": "s"}
PUBLIC = "https://engagement.test"


def made(
    results: Mapping[str, Any], environ: Mapping[str, str] | None = None, **options: Any
) -> AppSettings:
    """Return the settings of an app with this section.

    Args:
        results: the section.
        environ: the environment; empty when None.
        options: of the command.
    """
    configuration = config.Configuration.model_validate(
        {
            "source": {"kind": "folder", "path": "activity"},
            "mailboxes": {"addresses": ["ada@contoso.com"]},
            "customers": {"contacts": "contacts.csv"},
            "results": results,
        },
        context={"folder": Path("/organisation"), "must_exist": False},
    )
    return AppSettings.of(configuration, environ or {}, **options)
