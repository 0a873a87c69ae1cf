"""Where the tenant lies."""

from collections.abc import Collection

from engagement_assets.config.sources import Cloud
from engagement_assets.errors import ConfigurationError
from engagement_assets.microsoft365.tenant import Tenant
from engagement_assets.preflight.check import Check, error, ok, warning

SUBJECT = "Region"

_NAMES = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
    "UK": "the United Kingdom",
    "WW": "no single region",
}

# codes of the metadata that mean a region which has another code here
_SAME = {"DOD": "NA", "GB": "UK", "USG": "NA", "USGOV": "NA"}


def inspect(tenant: Tenant, cloud: Cloud, expected: Collection[str]) -> Check:
    """Compare the tenant's region with the configured ones, and its cloud with the configured one.

    Args:
        tenant: its public metadata.
        cloud: `source.cloud` of the configuration.
        expected: `regions` of the configuration.
    """
    if not tenant.is_in_cloud(cloud):
        return error(
            SUBJECT,
            f"The tenant lives in the national cloud of {tenant.graph_host}, not in {cloud}.",
            "Correct source.cloud.",
            ConfigurationError,
        )
    if tenant.region is None:
        return warning(
            SUBJECT,
            "The tenant's metadata does not name its region.",
            "Look in the Microsoft 365 admin centre, under the organisation's data location.",
        )
    region = _SAME.get(tenant.region, tenant.region)
    found = f"The tenant lies in {_NAMES.get(region, region)} ({tenant.region})."
    if region in {_SAME.get(code, code) for code in expected}:
        return ok(SUBJECT, found)
    return warning(
        SUBJECT,
        f"{found} Expected: {', '.join(expected) or 'none'}.",
        "Ask your privacy officer whether activity of this region may be read on this machine; "
        "then add the code to regions.",
    )
