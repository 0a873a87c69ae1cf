"""What the tenant's administrator has granted, and how to ask for it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from engagement_assets.activity import people
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import ConsentError, SourceError
from engagement_assets.microsoft365 import permissions, slices
from engagement_assets.microsoft365.clouds import CLOUDS, Endpoints
from engagement_assets.microsoft365.faults import GraphError
from engagement_assets.microsoft365.http import Graph, retrying
from engagement_assets.microsoft365.permissions import CALENDARS, MAIL, NEEDED, USERS
from engagement_assets.microsoft365.retry_budget import (
    Clock,
    RetryBudget,
    RunBudget,
    RunBudgetSpentError,
)
from engagement_assets.microsoft365.sign_in import SignInError
from engagement_assets.microsoft365.source import GraphSource

Proof = Literal["role", "probe"]

# Under Exchange's RBAC a scope may hold a few of the listed mailboxes only. When none of this many
# answers, the scope is wrong or missing, and the administrator hears of it.
MOST_PROBES = 20

# a check is made in a sensor's tick, which is short
WAIT_PER_CHECK = 20.0


@dataclass(frozen=True)
class ConsentStatus:
    """Whether the tenant's administrator has granted what is needed.

    Attributes:
        granted: per needed permission that is granted, how that was proved: by a role in the
            token, or by a mailbox that answered (Exchange can grant without a role).
        missing: needed permissions that are not granted.
        excess: permissions that are granted and open more than is read.
        stands_for: per one of those, the permissions that nothing else grants: it is taken away
            only when they are granted themselves.
        reason: why nothing could be checked: the tenant does not know the app; else None.
    """

    granted: Mapping[str, Proof]
    missing: tuple[str, ...]
    excess: tuple[str, ...]
    stands_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str | None = None

    @property
    def is_granted(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def advice(self) -> Mapping[str, str]:
        """What to do about each permission of `excess`."""
        return {
            name: permissions.advice(name, self.stands_for.get(name, ())) for name in self.excess
        }

    def require(self) -> None:
        """Require that nothing is missing.

        Raises:
            ConsentError: with what is missing and what to do.
        """
        if self.reason:
            raise ConsentError(self.reason)
        if self.missing:
            raise ConsentError(
                f"The tenant's administrator has not granted {', '.join(self.missing)}, and "
                "nothing is read until then.",
                remedy="`engagement consent` prints the link that asks for it.",
            )


def check(
    source: GraphSource,
    listed: Iterable[str],
    opted_out: Iterable[str] = (),
    retry_budget: RetryBudget | None = None,
) -> ConsentStatus:
    """Ask the tenant what is granted, with a new token.

    Args:
        source: the tenant.
        listed: addresses whose mailboxes are asked for, where the token alone proves nothing.
        opted_out: addresses of people whose mailboxes are not asked for, though listed.
        retry_budget: what may be spent on waiting; by default what a sensor's tick affords.

    Raises:
        SignInError: when there is no token for another reason than consent.
        GraphError: when a directory that may be read does not answer.
        SourceError: when the time of `retry_budget` is used up.
    """
    retry_budget = retry_budget or RetryBudget(RunBudget(Clock()), WAIT_PER_CHECK)
    try:
        return _check(source, listed, opted_out, retry_budget)
    except RunBudgetSpentError:
        pass
    raise SourceError(
        "Microsoft 365 did not say in time what is granted.", remedy="Try again later."
    )


def _check(
    source: GraphSource, listed: Iterable[str], opted_out: Iterable[str], retry_budget: RetryBudget
) -> ConsentStatus:
    source.sign_in.forget()
    try:
        roles = retrying(_is_transient, retry_budget)(source.sign_in.roles)
    except ConsentError as error:
        return ConsentStatus({}, NEEDED, (), reason=str(error))
    granted: dict[str, Proof] = dict.fromkeys(permissions.granted_by(roles), "role")
    unproved = [needed for needed in (MAIL, CALENDARS) if needed not in granted]
    if unproved and USERS in granted:
        answered = _probe(source, listed, opted_out, unproved, retry_budget)
        granted |= {needed: "probe" for needed in unproved if needed in answered}
    excess = permissions.excess(roles)
    return ConsentStatus(
        granted={needed: granted[needed] for needed in NEEDED if needed in granted},
        missing=tuple(needed for needed in NEEDED if needed not in granted),
        excess=tuple(excess),
        stands_for=excess,
    )


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, SignInError) and error.transient


def admin_consent_link(
    settings: GraphSettings, redirect_uri: str | None = None, state: str | None = None
) -> str:
    """Return the page on which an administrator grants everything that the app asks for.

    Args:
        settings: `source` of the configuration.
        redirect_uri: where the page leads afterwards, one of the app registration's; without one
            the page's older form is used, which needs none. What comes back there proves nothing.
        state: given back to `redirect_uri`.
    """
    authority = Endpoints.of(settings).authority
    query = {"client_id": settings.client_id}
    if redirect_uri is None:
        return f"{authority}/adminconsent?{urlencode(query)}"
    query["scope"] = f"{CLOUDS[settings.cloud][1]}/.default"
    query["redirect_uri"] = redirect_uri
    if state is not None:
        query["state"] = state
    return f"{authority}/v2.0/adminconsent?{urlencode(query)}"


def _probe(
    source: GraphSource,
    listed: Iterable[str],
    opted_out: Iterable[str],
    wanted: Iterable[str],
    retry_budget: RetryBudget,
) -> set[str]:
    """Return which of the permissions let a listed person's mailbox answer."""
    open_, answered, tried = set(wanted), set[str](), 0
    try:
        never = {user.id for address in opted_out for user in source.resolve(address)}
        for address in listed:
            for user in people.brought_in(address, source.resolve(address)):
                if user.id in never:
                    continue
                if not open_ or tried >= MOST_PROBES:
                    return answered
                tried += 1
                found = {
                    p for p in open_ if _answers(source.graph, _PROBES[p](user.id), retry_budget)
                }
                answered |= found
                open_ -= found
    except ConsentError:
        pass  # the members of a group cannot be read: that permission is missing, and is named
    return answered


def _answers(graph: Graph, probe: tuple[str, dict[str, str]], retry_budget: RetryBudget) -> bool:
    try:
        graph.get(*probe, retry_budget=retry_budget)
    except GraphError as error:
        if error.status in {403, 404}:
            return False
        raise
    return True


def _mail_probe(user_id: str) -> tuple[str, dict[str, str]]:
    return f"/users/{user_id}/messages", {"$select": "id", "$top": "1"}


def _calendar_probe(user_id: str) -> tuple[str, dict[str, str]]:
    now = datetime.now(UTC)
    return f"/users/{user_id}/calendarView", {
        "startDateTime": slices.text(now - timedelta(days=1)),
        "endDateTime": slices.text(now),
        "$select": "id",
        "$top": "1",
    }


_PROBES: Mapping[str, Callable[[str], tuple[str, dict[str, str]]]] = {
    MAIL: _mail_probe,
    CALENDARS: _calendar_probe,
}
