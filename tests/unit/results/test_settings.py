"""What the app refuses to start with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engagement_assets.errors import ConfigurationError
from engagement_assets.results.settings import is_loopback
from tests.support.app_settings import PUBLIC, SECRETS, SIGN_IN, made


def test_nothing_configured_means_this_machine_only() -> None:
    settings = made({})
    assert (settings.host, settings.port, settings.sign_in) == ("127.0.0.1", 8050, None)
    assert settings.hosts == {"localhost", "127.0.0.1", "[::1]"}
    assert settings.dagster_url == "http://127.0.0.1:3000"
    assert settings.published == Path("/organisation/data/published")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "engagement.test", "127.0.0.1.x"])  # noqa: S104 - refused
def test_other_machines_are_refused_when_nobody_signs_in(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"results\.sign_in"):
        made({"host": host})
    with pytest.raises(ConfigurationError, match=r"results\.sign_in"):
        made({}, host=host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.5.5.5", "::1", "[::1]"])
def test_this_machine_by_any_name(host: str) -> None:
    settings = made({"host": host})
    assert settings.host == host.strip("[]")
    assert is_loopback(settings.host)


def test_a_public_address_without_sign_in_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="public_url"):
        made({"public_url": PUBLIC})


@pytest.mark.parametrize(
    ("results", "environ", "named"),
    [
        ({"sign_in": SIGN_IN}, SECRETS, "public_url"),
        ({"sign_in": SIGN_IN, "public_url": PUBLIC}, {}, "ENGAGEMENT_RESULTS_CLIENT_SECRET"),
        (
            {"sign_in": SIGN_IN, "public_url": PUBLIC},
            SECRETS | {"ENGAGEMENT_SESSION_KEY": "k" * 31},
            "ENGAGEMENT_SESSION_KEY",
        ),
        (
            {"sign_in": SIGN_IN, "public_url": PUBLIC},
            {"ENGAGEMENT_RESULTS_CLIENT_SECRET": "s"},
            "ENGAGEMENT_SESSION_KEY",
        ),
    ],
)
def test_sign_in_needs_everything(
    results: Mapping[str, Any], environ: Mapping[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        made(results, environ)


def test_with_sign_in_the_app_is_called_by_its_public_name() -> None:
    settings = made({"sign_in": SIGN_IN, "public_url": PUBLIC, "host": "::"}, SECRETS)
    assert settings.hosts == {"engagement.test"}
    assert settings.cookie == {"secure": True, "httponly": True, "samesite": "lax"}
    assert settings.dagster_url is None


@pytest.mark.parametrize(
    "url",
    ["http://engagement.test", "https://", "https://a/b", "https://a;x", "https://a b", "a.test"],
)
@pytest.mark.parametrize("key", ["public_url", "frame_origins"])
def test_origins_are_https_and_nothing_more(key: str, url: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        made({key: url if key == "public_url" else [url]})


def test_an_origin_ends_without_a_slash() -> None:
    settings = made({"frame_origins": ["https://CRM.test:8443/"]})
    assert settings.frame_origins == ("https://crm.test:8443",)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a", "https://a/?b", "http://"])
def test_dagster_is_a_web_address(url: str) -> None:
    with pytest.raises(ValueError, match="https:// or http://"):
        made({"dagster_url": url})
