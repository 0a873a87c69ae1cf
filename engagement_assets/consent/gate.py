"""The gate that every step meets before it reads data (docs/microsoft365.md).

Accepted privacy terms open it. Where the kind of source has an administrator, they must have
granted everything that is needed, too; that is asked, never taken from a token alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engagement_assets import sources
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration, PrivacyTerms
from engagement_assets.consent import grants
from engagement_assets.consent.grants import Grant
from engagement_assets.errors import ConfigurationError, EngagementError
from engagement_assets.microsoft365.consent import ConsentStatus
from engagement_assets.microsoft365.retry_budget import (
    WAIT_PER_DIRECTORY,
    RetryBudget,
    RunBudget,
)


@dataclass(frozen=True)
class Consent:
    """Whether data may be read, and what is missing.

    Attributes:
        terms: the accepted privacy terms; None when nobody accepted them.
        tenant: what the administrator has granted; None where nobody else has to consent.
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
        """Require that nothing is missing.

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
) -> ActivitySource | None:
    """Return the source that is asked for consent; None where nobody else has to consent.

    Args:
        configuration: the configuration.
        budget: makes what may be spent on it.

    Raises:
        ConfigurationError: when the environment holds no credential, or `ca_bundle` is missing.
    """
    kind = sources.of(configuration.source)
    if kind.consent is None:
        return None
    return _opened(kind, configuration, budget)


def status(
    configuration: Configuration,
    tenant: ActivitySource,
    retry_budget: RetryBudget | None = None,
) -> ConsentStatus | None:
    """Ask what the administrator has granted; None where nobody else has to consent.

    Args:
        configuration: the configuration.
        tenant: its opened source.
        retry_budget: what may be spent on waiting.

    Raises:
        SignInError, SourceError: when it cannot be asked.
    """
    asked = sources.of(configuration.source).consent
    if asked is None:
        return None
    # no mailbox is touched, not even to see whether it answers, before the terms are accepted
    mailboxes = configuration.mailboxes
    is_accepted = configuration.privacy_terms is not None
    listed, opted_out = (mailboxes.addresses, mailboxes.opted_out) if is_accepted else ((), ())
    return asked.check(tenant, listed, opted_out, retry_budget)


def look(
    configuration: Configuration,
    tenant: ActivitySource | None,
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
    terms, asked = configuration.privacy_terms, sources.of(configuration.source).consent
    granted = status(configuration, tenant, retry_budget) if tenant is not None else None
    seen = Consent(terms, granted)
    grant = grants.remember(
        configuration.data_dir,
        asked.of(configuration.source) if asked else "privacy terms",
        is_granted=seen.is_granted,
        checked_at=checked_at,
    )
    return Consent(terms, granted, grant)


class Gate:
    """The gate of one run: consent is looked at once, by who asks first; the source lies behind.

    Attributes:
        budget: makes what may be spent on a service that is busy.
    """

    def __init__(
        self, configuration: Configuration, budget: Callable[[], RunBudget] = RunBudget
    ) -> None:
        """Make a gate that nobody has come to yet."""
        self._configuration = configuration
        self.budget = budget
        self._tenant: ActivitySource | None = None
        self._source: ActivitySource | None = None
        self._consent: Consent | None = None

    @property
    def consent(self) -> Consent:
        """Whether data may be read.

        Raises:
            ConfigurationError: without a credential for Microsoft 365.
            SignInError, SourceError: when the tenant cannot be asked.
        """
        if self._consent is None:
            self._tenant = tenant_of(self._configuration, self.budget)
            retry_budget = RetryBudget(self.budget(), WAIT_PER_DIRECTORY)
            self._consent = look(self._configuration, self._tenant, retry_budget=retry_budget)
        return self._consent

    @property
    def source(self) -> ActivitySource:
        """Where activity comes from.

        Raises:
            ConfigurationError: without accepted privacy terms, or without a credential.
            ConsentError: when an administrator has not granted what is needed.
            SourceError: when it cannot be read.
        """
        self.consent.require()
        if self._source is None:
            self._source = self._tenant or _opened(
                sources.of(self._configuration.source), self._configuration, self.budget
            )
        return self._source


def _opened(
    kind: sources.SourceKind[Any, Any],
    configuration: Configuration,
    budget: Callable[[], RunBudget],
) -> ActivitySource:
    opened: ActivitySource = kind.open(configuration.source, configuration.data_dir, budget)
    return opened


def _accepted(terms: PrivacyTerms | None) -> PrivacyTerms:
    if terms is None:
        raise ConfigurationError(
            "privacy_terms are not accepted: nothing is read until they are.",
            remedy="Read docs/privacy.md, then add `privacy_terms: {accepted_by: <address>, "
            "accepted_at: <moment>}`.",
        )
    return terms
