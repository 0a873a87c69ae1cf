"""Where a tenant is reached: the national clouds, and what the configuration puts instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.config.sources import Cloud

# login host, Graph host; tokens of one cloud are of no use in another
CLOUDS: Mapping[Cloud, tuple[str, str]] = {
    "global": ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us_government": ("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "us_government_dod": ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": (
        "https://login.partner.microsoftonline.cn",
        "https://microsoftgraph.chinacloudapi.cn",
    ),
}

VERSION = "/v1.0"


@dataclass(frozen=True)
class Endpoints:
    """The hosts of one tenant.

    Attributes:
        authority: where tokens are asked for: login host and tenant.
        graph: the Graph host with its version, without a slash at the end.
        scope: what a token is asked for. It names the cloud's own Graph even when requests go
            through another host (a proxy), because a token is made for the former.
        is_microsoft_login: whether the login host is one of Microsoft's; MSAL vouches for those
            only, and asks the public cloud about any other unless told not to.
        ca_bundle: PEM file to trust in place of the machine's.
    """

    authority: str
    graph: str
    scope: str
    is_microsoft_login: bool
    ca_bundle: Path | None = None

    @classmethod
    def of(cls, settings: GraphSettings) -> "Endpoints":
        """Return the hosts that a configuration means."""
        login, graph = CLOUDS[settings.cloud]
        return cls(
            authority=f"{settings.login_url or login}/{settings.tenant_id}",
            graph=(settings.graph_url or graph) + VERSION,
            scope=f"{graph}/.default",
            is_microsoft_login=settings.login_url in {None, login},
            ca_bundle=settings.ca_bundle,
        )

    def is_graph(self, url: str) -> bool:
        """Tell whether a link leads to the Graph host of the configuration, over https."""
        own, other = urlsplit(self.graph), urlsplit(url)
        return (own.scheme, own.netloc.lower()) == (other.scheme, other.netloc.lower())
