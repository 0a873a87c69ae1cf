"""What a kind of source consists of: the record that each of them fills."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from engagement_assets.activity.source import User
from engagement_assets.config.section import Section
from engagement_assets.config.sources import kind_of
from engagement_assets.microsoft365.consent import ConsentStatus, Proof
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget
from engagement_assets.window import Window

# docs/benchmarks.md: 24,000 to 34,000 copies landed per second on two cores; half of it
COPIES_PER_SECOND = 12_000

Settings = TypeVar("Settings", bound=Section)
Source = TypeVar("Source")
Settings_contra = TypeVar("Settings_contra", contravariant=True)
Source_contra = TypeVar("Source_contra", contravariant=True)
Source_co = TypeVar("Source_co", covariant=True)


@dataclass(frozen=True)
class Reach:
    """What a first run reads, as far as it is known before.

    Attributes:
        persons: whose mailboxes are read.
        addresses: how many addresses are looked up, those of opted-out people included.
        window: what is read of a mailbox.
        counts: messages of the window in some of the mailboxes; empty when nobody counted.
    """

    persons: Sequence[User]
    addresses: int
    window: Window
    counts: Sequence[int] = ()


@dataclass(frozen=True)
class Estimate:
    """What the first run takes.

    Attributes:
        mailboxes: how many are read.
        copies: messages and meetings in them.
        requests: sent to the service that is read; 0 where files are read.
        seconds: from its start to its end.
        basis: what was counted and what was assumed, in sentences; empty when files were measured.
    """

    mailboxes: int
    copies: int
    requests: int
    seconds: float
    basis: str = ""


@dataclass(frozen=True)
class Request:
    """What an administrator is asked for, in the words of a mail (lines of up to 80 characters).

    Attributes:
        addressee: who has to consent, of what.
        asks: what asks, for what: a sentence that the permissions follow.
        permissions: each permission with the reason why it is needed.
        narrower: how it can be granted for fewer mailboxes.
        how: what to do to consent, and as whom: sentences that the link follows.
        afterwards: what to compare and expect on the page behind the link.
        withdrawal: how the consent is taken back: the rest of a sentence.
        optional: each permission that is of use and not needed, with what it is for.
    """

    addressee: str
    asks: str
    permissions: Mapping[str, str]
    narrower: str
    how: str
    afterwards: str
    withdrawal: str
    optional: Mapping[str, str] = field(default_factory=dict)


class Check(Protocol[Source_contra]):
    """Asks what is granted."""

    def __call__(
        self,
        source: Source_contra,
        listed: Sequence[str],
        opted_out: Sequence[str] = (),
        retry_budget: RetryBudget | None = None,
    ) -> ConsentStatus:
        """Return what is granted and what is missing.

        Args:
            source: an opened source.
            listed: addresses whose mailboxes may be asked whether they answer.
            opted_out: addresses of people whose mailboxes are not asked, though listed.
            retry_budget: what may be spent on waiting.

        Raises:
            SignInError, SourceError: when it cannot be asked.
        """


@dataclass(frozen=True)
class AdminConsent(Generic[Settings, Source]):
    """What an administrator has to grant beside the privacy terms.

    Attributes:
        of: what a grant is a grant of: another one's consent is another grant.
        link: the page on which an administrator consents.
        check: asks what is granted.
        proofs: how a grant is proved, in words behind "granted"; empty where that goes without
            saying.
        request: what is asked for.
    """

    of: Callable[[Settings], str]
    link: Callable[[Settings], str]
    check: Check[Source]
    proofs: Mapping[Proof, str]
    request: Callable[[Settings], Request]


class Open(Protocol[Settings_contra, Source_co]):
    """Opens a source."""

    def __call__(
        self, settings: Settings_contra, data_dir: Path, budget: Callable[[], RunBudget] = RunBudget
    ) -> Source_co:
        """Return an `ActivitySource`.

        Where an administrator has to consent, nothing is asked for yet: who asks for consent
        opens the source, too. Any other kind is opened behind the gate only, and may be read.

        Args:
            settings: `source` of the configuration.
            data_dir: `data_dir` of the configuration.
            budget: makes what may be spent on a service that is busy.

        Raises:
            ConfigurationError: when something that the settings or the environment name is
                missing.
            SourceError: when it cannot be read.
        """


@dataclass(frozen=True)
class SourceKind(Generic[Settings, Source]):
    """One kind of source.

    Attributes:
        settings: the class of `source` in the configuration.
        title: what it is called where people choose one.
        open: opens it.
        consent: what an administrator must grant; None where the privacy terms are enough.
        estimate: what a first run takes.
    """

    settings: type[Settings]
    title: str
    open: Open[Settings, Source]
    consent: AdminConsent[Settings, Source] | None
    estimate: Callable[[Source, Reach], Estimate]

    @property
    def name(self) -> str:
        """The value of `source.kind`."""
        return kind_of(self.settings)

    def settings_of(self, source: object) -> Settings:
        """Return `source` of a configuration, for who can use this kind only.

        Raises:
            TypeError: when it is another kind.
        """
        if not isinstance(source, self.settings):
            raise TypeError(f"a configuration with source.kind: {self.name} is needed.")
        return source
