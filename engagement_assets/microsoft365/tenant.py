"""What a tenant tells everybody about itself, before anybody consents or signs in."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import orjson
import requests

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.config.sources import Cloud
from engagement_assets.errors import ConfigurationError, SourceError
from engagement_assets.microsoft365.clouds import CLOUDS, Endpoints
from engagement_assets.microsoft365.transport import Session


@dataclass(frozen=True)
class Tenant:
    """A tenant's public metadata.

    Attributes:
        region: code of the region it lies in (`tenant_region_scope`), upper case; None when it is
            not told.
        graph_host: host of its cloud's Microsoft Graph; None when it is not told.
    """

    region: str | None
    graph_host: str | None

    def is_in_cloud(self, cloud: Cloud) -> bool:
        """Tell whether `source.cloud` names the national cloud that the tenant lives in."""
        expected = urlsplit(CLOUDS[cloud][1]).hostname
        return self.graph_host is None or self.graph_host.lower() == expected


def look_up(settings: GraphSettings) -> Tenant:
    """Ask for the tenant's metadata; anybody may.

    Raises:
        ConfigurationError: when there is no such tenant.
        SourceError: when nobody answers.
    """
    endpoints = Endpoints.of(settings)
    host, _, tenant = endpoints.authority.rpartition("/")
    url = f"{host}/{quote(tenant, safe='')}/v2.0/.well-known/openid-configuration"
    # raised behind the block: what requests raises quotes more than anybody needs to see
    problem: str
    remedy: str | None = None
    try:
        with Session(endpoints) as session:
            response = session.get(url, allow_redirects=False)
        content = orjson.loads(response.content)
    except OSError as error:  # requests' own, and the ones that it lets through
        problem, remedy = _problem(error, endpoints)
    except orjson.JSONDecodeError:
        problem = f"the answer is not JSON ({response.status_code})"
    else:
        if response.status_code == 200 and isinstance(content, dict):
            return Tenant(
                _text(content.get("tenant_region_scope"), upper=True),
                _text(content.get("msgraph_host")),
            )
        if response.status_code in {400, 404}:
            raise ConfigurationError(
                f"there is no tenant {tenant}",
                where=host,
                remedy="Correct source.tenant_id, or source.cloud.",
            )
        problem = f"status {response.status_code}"
    raise SourceError(f"the tenant's metadata cannot be read: {problem}", where=host, remedy=remedy)


def _problem(error: OSError, endpoints: Endpoints) -> tuple[str, str | None]:
    """Return what went wrong, and what to do."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return (
            "its TLS certificate is not trusted",
            "Name the authority's PEM file in source.ca_bundle.",
        )
    is_of_the_bundle = not isinstance(error, requests.RequestException)
    if is_of_the_bundle or "NO_CERTIFICATE_OR_CRL_FOUND" in str(error):
        return (
            f"source.ca_bundle: {endpoints.ca_bundle} is not a PEM file with certificates",
            "Name the authority's PEM file.",
        )
    return f"no answer ({type(error).__name__})", None


def _text(value: object, *, upper: bool = False) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    return value.upper() if upper else value
