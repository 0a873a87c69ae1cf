"""The gate that every step meets before it reads data (contract 8, Consent)."""

from engagement_assets.config import Configuration, PrivacyTerms
from engagement_assets.errors import ConfigurationError


def require(configuration: Configuration) -> PrivacyTerms:
    """Return the accepted privacy terms. For a folder, accepting them is consent enough.

    Raises:
        ConfigurationError: when nobody accepted the privacy terms.
    """
    if configuration.privacy_terms is None:
        raise ConfigurationError(
            "privacy_terms are not accepted: nothing is read before. Read docs/privacy.md, then "
            "add `privacy_terms: {accepted_by: <address>, accepted_at: <moment>}`."
        )
    return configuration.privacy_terms
