"""The sections of the YAML file (docs/configuration.md) as typed models."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from engagement_assets.config import plain
from engagement_assets.config.section import Section
from engagement_assets.config.sources import Source
from engagement_assets.config.values import (
    Address,
    AddressOrDomain,
    Column,
    Cron,
    Domain,
    ExistingPath,
    HttpsUrl,
    ListedAddress,
    Moment,
    Origin,
    Region,
    RelativePath,
    TableFile,
    Text,
    TimeZone,
    WebUrl,
)
from engagement_assets.vocabulary import COMPONENTS, Component

DEFAULT_WEIGHTS: Mapping[Component, float] = {
    "EmailsFromAccount": 20,
    "TwoWayEmails": 15,
    "Replies": 10,
    "Meetings": 25,
    "AccountPeople": 10,
    "OwnPeople": 10,
    "Recency": 10,
}

# stands for a person whose address is not told
OPTED_OUT = "somebody who opted out"


class Mailboxes(Section):
    """Whose mailboxes are read."""

    addresses: tuple[ListedAddress, ...] = Field(
        description="Addresses of users and of groups whose members' mailboxes are read."
    )
    opted_out: tuple[ListedAddress, ...] = Field(
        (), description="Addresses of users and groups who are not read, though listed above."
    )
    organisation_domains: tuple[Domain, ...] = Field(
        (), description="Domains of the organisation beside the tenant's verified ones."
    )

    @field_validator("addresses")
    @classmethod
    def _somebody(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        if not listed:
            raise ValueError("a list of at least one address")
        return listed


class Customers(Section):
    """The customer dataset and how its columns are named."""

    contacts: TableFile = Field(description="The contacts: one row per account and address.")
    account_id: Column = Field("CustomerId", description="Column with the account's id.")
    email: Column = Field("Email", description="Column with the contact's e-mail address.")
    accounts: TableFile | None = Field(
        None, description="All accounts with their names; same column with the account's id."
    )
    account_name: Column = Field("Name", description="Column with the account's name.")
    parent: Column | None = Field(
        None, description="Column of the accounts file with the id of the account above."
    )
    excluded: tuple[AddressOrDomain, ...] = Field(
        (), description="Addresses and domains that are not contacts."
    )

    @field_validator("parent")
    @classmethod
    def _parents_stand_in_a_file(cls, parent: str | None, others: ValidationInfo) -> str | None:
        if parent and not others.data.get("accounts", True):
            raise ValueError("customers.accounts beside it: the file that has this column")
        return parent


class PrivacyTerms(Section):
    """Who accepted the privacy terms, and when."""

    accepted_by: Text = Field(description="Who accepted the privacy terms.")
    accepted_at: Moment = Field(description="When: a moment with its time zone.")

    def told(self, opted_out: Iterable[str]) -> str:
        """Return who accepted them, for a message or an event: no address of who opted out.

        Args:
            opted_out: the addresses that are known of people who opted out.
        """
        own = plain.addresses_within(self.accepted_by)
        return OPTED_OUT if set(own) & set(opted_out) else self.accepted_by


class Smtp(Section):
    """The mail server that sends the request for consent. Never without encryption."""

    host: Text = Field(description="The mail server, as its certificate names it.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        587, description="Its port: 587 with starttls, usually 465 with tls."
    )
    sender: Address = Field(description="The address that the request comes from.")
    user: Text | None = Field(
        None, description="Who signs in there; the password comes from the environment."
    )
    encryption: Literal["starttls", "tls"] = Field(
        "starttls", description="Whether the connection begins in the clear, or not even that."
    )
    ca_bundle: ExistingPath | None = Field(
        None, description="A PEM file to trust in place of the machine's authorities."
    )


class OpenId(Section):
    """Who may look at the results: whoever an OpenID provider, such as Entra ID, says."""

    issuer: HttpsUrl = Field(
        description="The provider; of Entra https://login.microsoftonline.com/<tenant id>/v2.0."
    )
    client_id: Text = Field(description="The id of the results app's own registration.")


class Results(Section):
    """The web app that shows what was published."""

    host: Text = Field("127.0.0.1", description="The address of this machine to answer at.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8050, description="The port.")
    sign_in: OpenId | None = Field(
        None, description="How people sign in; without it the app answers on this machine only."
    )
    public_url: Origin | None = Field(
        None, description="Where people find the app, when they sign in."
    )
    frame_origins: tuple[Origin, ...] = Field(
        (), description="Other web sites, such as a CRM, that may show pages in a frame."
    )
    dagster_url: WebUrl | None = Field(
        None, description="Where people find the Dagster UI, to link to runs."
    )
    save_segments: bool = Field(
        default=False,
        description="Whether administrators may save rules as segments, in sql_folder.",
    )


class Configuration(Section):
    """Everything that `engagement.yaml` says. Paths are absolute or relative to the caller."""

    name: Text = Field("Account engagement", description="What the results are called.")
    source: Annotated[Source, Field(discriminator="kind")] = Field(
        description="Where activity is read: graph (Microsoft 365) or folder (exported)."
    )
    mailboxes: Mailboxes
    customers: Customers
    privacy_terms: PrivacyTerms | None = Field(
        None, description="The privacy terms, once they are accepted; nothing is read until then."
    )
    tenant_admins: tuple[Address, ...] = Field((), description="Who is asked for consent.")
    smtp: Smtp | None = Field(
        None, description="The mail server that sends the request for consent."
    )
    regions: tuple[Region, ...] = Field(
        ("UK", "EU", "NA"),
        description="Regions in which a tenant is expected to lie; elsewhere is a warning.",
    )
    time_zone: TimeZone = Field(
        "UTC", description="The time zone of days, weeks and months (an IANA name)."
    )
    as_of: Moment | None = Field(
        None, description="The moment that a run is about, for a reproducible run; else its own."
    )
    first_run_delay_hours: Annotated[float, Field(ge=0, le=8760, allow_inf_nan=False)] = Field(
        6, description="Hours from consent to the first run."
    )
    schedule: Cron = Field(
        "0 6 * * 1", description="When runs start (cron, in the configured time zone)."
    )
    score_weights: Mapping[Component, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        DEFAULT_WEIGHTS, description="Weights of the score's components: all seven, or none."
    )
    sql_folder: ExistingPath | None = Field(
        None, description="A folder with segments/ and measures/ of your own."
    )
    data_dir: RelativePath = Field(
        Path("data"), description="Where everything that runs write is kept."
    )
    results: Results = Field(Results(), description="The web app that shows what was published.")

    @field_validator("score_weights")
    @classmethod
    def _weights(cls, weights: Mapping[Component, float]) -> Mapping[Component, float]:
        if not weights:
            return DEFAULT_WEIGHTS
        missing = [name for name in COMPONENTS if name not in weights]
        if missing:
            raise ValueError(f"all seven components, or none; missing: {', '.join(missing)}")
        if abs(sum(weights.values()) - 100) > 1e-9:
            raise ValueError(f"weights that sum to 100, not to {sum(weights.values()):g}")
        return {name: weights[name] for name in COMPONENTS}
