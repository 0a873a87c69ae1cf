"""The gate that every step meets before it reads data (contract 8, Consent).

For a folder, accepted privacy terms open it. For Microsoft 365 the tenant's administrator must
have granted everything that is needed, too; that is asked, never taken from a token alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from engagement_assets.config import Configuration, PrivacyTerms
from engagement_assets.consent import grants
from engagement_assets.consent.grants import Grant
from engagement_assets.errors import ConfigurationError, EngagementError
from engagement_assets.microsoft365.consent import ConsentStatus, check
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget
from engagement_assets.microsoft365.source import GraphSource


@dataclass(frozen=True)
class Consent:
    """Whether data may be read, and what is missing.

    Attributes:
        terms: the accepted privacy terms; None when nobody accepted them.
        tenant: what the tenant's administrator has granted; None for a folder, which needs nobody.
        grant: since when nothing is missing; None while something is.
    """

    terms: PrivacyTerms | None
    tenant: ConsentStatus | None
    grant: Grant | None = None

    @property
    def is_granted(self) -> bool:
        """Whether nothing is missing."""
        return self.terms is not None and (self.tenant is None or self.tenant.is_granted)

    @property
    def missing(self) -> str:
        """What is missing and what to do, in words; empty when nothing is."""
        try:
            self.require()
        except EngagementError as error:
            return str(error)
        return ""

    def require(self) -> None:
        """See that nothing is missing.

        Raises:
            ConfigurationError: when nobody accepted the privacy terms.
            ConsentError: when the administrator has not granted everything that is needed.
        """
        _accepted(self.terms)
        if self.tenant is not None:
            self.tenant.require()


def require_terms(configuration: Configuration) -> PrivacyTerms:
    """Return the accepted privacy terms.

    Raises:
        ConfigurationError: when nobody accepted them.
    """
    return _accepted(configuration.privacy_terms)


def tenant_of(
    configuration: Configuration, budget: Callable[[], RunBudget] = RunBudget
) -> GraphSource | None:
    """Return the tenant that a configuration names; None for a folder.

    Args:
        configuration: the configuration.
        budget: makes what may be spent on it.

    Raises:
        ConfigurationError: when the environment holds no credential, or `ca_bundle` is missing.
    """
    settings = configuration.source
    if settings.kind == "folder":
        return None
    if settings.ca_bundle and not settings.ca_bundle.is_file():
        raise ConfigurationError(
            "it is not there",
            where=f"source.ca_bundle: {settings.ca_bundle}",
            remedy="Name the PEM file of the authority.",
        )
    return GraphSource(settings, configuration.data_dir, budget=budget)


def look(
    configuration: Configuration,
    tenant: GraphSource | None,
    *,
    retry_budget: RetryBudget | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Consent:
    """Look whether consent is there, and remember since when.

    Args:
        configuration: the configuration.
        tenant: what `tenant_of` returned.
        retry_budget: what may be spent on waiting for the tenant.
        now: the present moment, UTC.

    Raises:
        SignInError, SourceError: when the tenant cannot be asked.
        DataFolderError: when the data folder cannot be written.
    """
    checked_at = now()
    terms, status, of = configuration.privacy_terms, None, "privacy terms"
    if tenant is not None and configuration.source.kind == "graph":
        # no mailbox is touched, not even to see whether it answers, before the terms are accepted
        mailboxes = configuration.mailboxes
        listed, opted_out = (mailboxes.addresses, mailboxes.opted_out) if terms else ((), ())
        status = check(tenant, listed, opted_out, retry_budget)
        of = f"{configuration.source.tenant_id} {configuration.source.client_id}"
    seen = Consent(terms, status)
    grant = grants.remember(
        configuration.data_dir, of, is_granted=seen.is_granted, checked_at=checked_at
    )
    return Consent(terms, status, grant)


def _accepted(terms: PrivacyTerms | None) -> PrivacyTerms:
    if terms is None:
        raise ConfigurationError(
            "privacy_terms are not accepted: nothing is read before.",
            remedy="Read docs/privacy.md, then add `privacy_terms: {accepted_by: <address>, "
            "accepted_at: <moment>}`.",
        )
    return terms
