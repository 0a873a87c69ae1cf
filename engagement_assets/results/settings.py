"""What the app is started with: the configuration, and secrets of the environment.

Combinations that would show results to anybody are refused before a port is opened.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from engagement_assets.config import Configuration, PrivacyTerms
from engagement_assets.errors import ConfigurationError

SESSION_KEY = "ENGAGEMENT_SESSION_KEY"
CLIENT_SECRET = "ENGAGEMENT_RESULTS_CLIENT_SECRET"  # noqa: S105 - where the secret is, not the secret
_SHORTEST_KEY = 32  # characters; signatures are no better than their key
_DAGSTER_ON_THIS_MACHINE = "http://127.0.0.1:3000"  # where `engagement ui` answers


class CookieFlags(TypedDict):
    """How browsers are to treat a cookie of ours."""

    secure: bool
    httponly: bool
    samesite: Literal["lax", "none"]


@dataclass(frozen=True)
class OpenIdSettings:
    """How people sign in.

    Attributes:
        issuer: the OpenID provider.
        client_id: what it knows the app as.
        client_secret: how the app proves it.
        session_key: what sessions are signed with.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    session_key: str = field(repr=False)


@dataclass(frozen=True)
class AppSettings:
    """Everything that the app knows beside what is published.

    Attributes:
        name: what the results are called.
        published: the folder with the newest snapshot.
        host: the address of this machine to answer at.
        port: the port.
        time_zone: the time zone of moments and of the schedule.
        schedule: when runs start (cron).
        repeats: whether runs are about the same moment every time (`as_of` is configured).
        privacy_terms: the privacy terms, when they are accepted; by whom only as pages may tell.
        sign_in: how people sign in; None when nobody does.
        public_url: where people find the app; None without sign-in.
        frame_origins: web sites that may show pages in a frame.
        dagster_url: where the Dagster UI is; None when nobody knows.
        rules_folder: where administrators may save segments; None when they may not.
    """

    name: str
    published: Path
    host: str
    port: int
    time_zone: str
    schedule: str
    repeats: bool
    privacy_terms: PrivacyTerms | None
    sign_in: OpenIdSettings | None
    public_url: str | None
    frame_origins: tuple[str, ...]
    dagster_url: str | None
    rules_folder: Path | None

    @classmethod
    def of(
        cls,
        configuration: Configuration,
        environ: Mapping[str, str],
        *,
        host: str | None = None,
        port: int | None = None,
    ) -> "AppSettings":
        """Put the settings together.

        Args:
            configuration: the configuration.
            environ: the environment, for the secrets.
            host: another host than the configured one.
            port: another port than the configured one.

        Raises:
            ConfigurationError: when the app would be open to people who did not sign in, or a
                secret is missing.
        """
        results = configuration.results
        host = (host or results.host).strip("[]")
        sign_in = None
        if results.sign_in is None:
            _require_private_folder(configuration, host)
        else:
            if results.public_url is None:
                raise ConfigurationError(
                    "it is missing, and people who sign in are sent back there",
                    where="results.public_url",
                    remedy="Name the address that they find the app at, such as "
                    "https://engagement.contoso.com.",
                )
            sign_in = OpenIdSettings(
                issuer=results.sign_in.issuer,
                client_id=results.sign_in.client_id,
                client_secret=_secret(
                    environ.get("ENGAGEMENT_RESULTS_CLIENT_SECRET"), CLIENT_SECRET
                ),
                session_key=_key(environ.get("ENGAGEMENT_SESSION_KEY")),
            )
        local_ui = _DAGSTER_ON_THIS_MACHINE if sign_in is None else None
        return cls(
            name=configuration.name,
            published=configuration.data_dir / "published",
            host=host,
            port=port or results.port,
            time_zone=configuration.time_zone,
            schedule=configuration.schedule,
            repeats=configuration.as_of is not None,
            privacy_terms=_told(configuration),
            sign_in=sign_in,
            public_url=results.public_url,
            frame_origins=results.frame_origins,
            dagster_url=results.dagster_url or local_ui,
            rules_folder=_rules_folder(configuration),
        )

    @property
    def hosts(self) -> frozenset[str]:
        """The names by which the app is called: no other Host header is answered."""
        names = {"localhost", "127.0.0.1", "[::1]"} if is_loopback(self.host) else set()
        if self.public_url:
            names.add(urlsplit(self.public_url).hostname or "")
        return frozenset(names)

    @property
    def cookie(self) -> CookieFlags:
        """How browsers are to treat cookies: in a frame of another site they need to be sent."""
        framed = bool(self.frame_origins) and self.sign_in is not None
        return {
            "secure": self.sign_in is not None,
            "httponly": True,
            "samesite": "none" if framed else "lax",
        }


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_private_folder(configuration: Configuration, host: str) -> None:
    if not is_loopback(host):
        raise ConfigurationError(
            f"{host} can be reached from other machines, and nobody has to sign in",
            where="results.host",
            remedy="Configure results.sign_in, or answer at 127.0.0.1.",
        )
    if configuration.results.public_url is not None:
        raise ConfigurationError(
            "it is set, but nobody has to sign in",
            where="results.public_url",
            remedy="Configure results.sign_in, or leave public_url out.",
        )


def _rules_folder(configuration: Configuration) -> Path | None:
    if not configuration.results.save_segments:
        return None
    if configuration.sql_folder is None:
        raise ConfigurationError(
            "it is true, but sql_folder is missing",
            where="results.save_segments",
            remedy="Add sql_folder: it names the folder that segments are saved in and read from.",
        )
    return configuration.sql_folder / "segments"


def _secret(value: str | None, variable: str) -> str:
    if not value:
        raise ConfigurationError(
            "it is not set",
            where=variable,
            remedy="Set it to the client secret of the results app's registration.",
        )
    return value


def _key(value: str | None) -> str:
    if value is None or len(value) < _SHORTEST_KEY:
        raise ConfigurationError(
            f"it is not set, or shorter than {_SHORTEST_KEY} characters, and sessions are signed "
            "with it",
            where=SESSION_KEY,
            remedy="Make one with: openssl rand -hex 32",
        )
    return value


def _told(configuration: Configuration) -> PrivacyTerms | None:
    """Return the privacy terms without the address of somebody who opted out."""
    terms = configuration.privacy_terms
    if terms is None:
        return None
    return terms.model_copy(update={"accepted_by": terms.told(configuration.mailboxes.opted_out)})
