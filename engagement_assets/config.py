"""The YAML file (contract 8) as typed models, and every message that a wrong file can cause."""

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from engagement_assets import addresses, time_zones
from engagement_assets.errors import ConfigurationError

Component = Literal[
    "EmailsFromAccount",
    "TwoWayEmails",
    "Replies",
    "Meetings",
    "AccountPeople",
    "OwnPeople",
    "Recency",
]
DEFAULT_WEIGHTS: Mapping[Component, float] = {
    "EmailsFromAccount": 20,
    "TwoWayEmails": 15,
    "Replies": 10,
    "Meetings": 25,
    "AccountPeople": 10,
    "OwnPeople": 10,
    "Recency": 10,
}


_A_MOMENT = "a moment with its time zone, such as 2026-11-24T09:00:00Z"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# last days, nearest weekdays and nth weekdays: the library knows them, Dagster's schedules do not
_CRON_EXTENSION = re.compile(r"#|\b\d*(L|W|LW|WL)\b|\bL-\d")


def _address(text: str) -> str:
    address = addresses.normalise(text)
    if address is None:
        raise ValueError("an e-mail address: text, one @, text")
    return address


def _domain(text: str) -> str:
    domain = addresses.normalise_domain(text)
    if domain is None:
        raise ValueError("a domain without @, such as contoso.com")
    return domain


def _address_or_domain(text: str) -> str:
    return _address(text) if "@" in text else _domain(text)


def _time_zone(name: str) -> str:
    if name not in time_zones.names():
        close = difflib.get_close_matches(name, time_zones.names(), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"an IANA time zone, such as UTC or Europe/Amsterdam{hint}")
    return name


def _cron(expression: str) -> str:
    expected = "a cron expression of five fields, such as 0 6 * * 1"
    try:
        CronSim(expression, _EPOCH)
    except CronSimError as error:
        raise ValueError(expected) from error
    if len(expression.split()) != 5 or _CRON_EXTENSION.search(expression.upper()):
        raise ValueError(expected)
    return expression


def _existing(path: Path, info: ValidationInfo) -> Path:
    """Resolve a path against the file's folder and see that something is there."""
    resolved = _relative(path, info)
    if info.context and info.context["must_exist"] and not resolved.exists():
        raise ValueError("a file or folder that exists")
    return resolved


def _relative(path: Path, info: ValidationInfo) -> Path:
    folder: Path = info.context["folder"] if info.context else Path()
    return folder / path.expanduser()


def _table(path: Path) -> Path:
    if path.suffix.lower() not in {".csv", ".parquet"}:
        raise ValueError("a .csv or .parquet file")
    return path


def _no_number(value: object) -> object:
    """Refuse what would be read as seconds since 1970, and a day without a time."""
    if not isinstance(value, str | datetime) or (isinstance(value, str) and value.isdigit()):
        raise ValueError(_A_MOMENT)
    return value


def _near(moment: datetime) -> datetime:
    """Refuse what has no year before it or no week after it in every time zone."""
    if not 1900 <= moment.year < 3000:
        raise ValueError("a moment between the years 1900 and 2999")
    return moment


def _https(url: str) -> str:
    if not url.startswith("https://") or len(url) <= len("https://"):
        raise ValueError("an address that begins with https://")
    return url.rstrip("/")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Column = Annotated[str, StringConstraints(min_length=1)]
Address = Annotated[str, AfterValidator(_address)]
Domain = Annotated[str, AfterValidator(_domain)]
AddressOrDomain = Annotated[str, AfterValidator(_address_or_domain)]
ExistingPath = Annotated[Path, AfterValidator(_existing)]
TableFile = Annotated[Path, AfterValidator(_table), AfterValidator(_existing)]
Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_near)]
HttpsUrl = Annotated[str, AfterValidator(_https)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, content: object) -> object:
        """A key with nothing behind it means what its absence means."""
        if not isinstance(content, dict):
            return content
        return {key: value for key, value in content.items() if value is not None}


class GraphSource(_Section):
    """Microsoft 365, read through Microsoft Graph."""

    kind: Literal["graph"]
    tenant_id: Text = Field(description="The tenant's id (a GUID) or one of its domains.")
    client_id: Text = Field(description="The id of the app registration.")
    cloud: Literal["global", "us_government", "us_government_dod", "china"] = Field(
        "global", description="The national cloud that the tenant lives in."
    )
    login_url: HttpsUrl | None = Field(
        None, description="Another sign-in host: a proxy or a simulator."
    )
    graph_url: HttpsUrl | None = Field(
        None, description="Another Graph host, without /v1.0: a proxy or a simulator."
    )
    ca_bundle: ExistingPath | None = Field(
        None, description="A PEM file to trust, whatever the environment says."
    )


class FolderSource(_Section):
    """Activity that was exported already."""

    kind: Literal["folder"]
    path: ExistingPath = Field(description="The activity folder.")


class Mailboxes(_Section):
    """Whose mailboxes are read."""

    addresses: tuple[Address, ...] = Field(
        description="Addresses of users and of groups whose members' mailboxes are read."
    )
    opted_out: tuple[Address, ...] = Field(
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


class Customers(_Section):
    """The customer dataset and how its columns are named."""

    contacts: TableFile = Field(description="The contacts: one row per account and address.")
    account_id: Column = Field("CustomerId", description="Column with the account's id.")
    email: Column = Field("Email", description="Column with the contact's e-mail address.")
    accounts: TableFile | None = Field(
        None, description="All accounts with their names; same column with the account's id."
    )
    account_name: Column = Field("Name", description="Column with the account's name.")
    excluded: tuple[AddressOrDomain, ...] = Field(
        (), description="Addresses and domains that are no contacts."
    )


class PrivacyTerms(_Section):
    """Who accepted the privacy terms, and when."""

    accepted_by: Text = Field(description="Who accepted the privacy terms.")
    accepted_at: Moment = Field(description="When: a moment with its time zone.")


class Configuration(_Section):
    """Everything that `engagement.yaml` says. Paths are absolute or relative to the caller."""

    name: Text = Field("Account engagement", description="What the results are called.")
    source: Annotated[GraphSource | FolderSource, Field(discriminator="kind")] = Field(
        description="Where activity is read: graph (Microsoft 365) or folder (exported)."
    )
    mailboxes: Mailboxes
    customers: Customers
    privacy_terms: PrivacyTerms | None = Field(
        None, description="The privacy terms, once they are accepted; nothing is read before."
    )
    tenant_admins: tuple[Address, ...] = Field((), description="Who is asked for consent.")
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        "UTC", description="The time zone of days, weeks and months (an IANA name)."
    )
    as_of: Moment | None = Field(
        None, description="The moment that a run is about, for a reproducible run; else its own."
    )
    first_run_delay_hours: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        6, description="Hours from consent to the first run."
    )
    schedule: Annotated[str, AfterValidator(_cron)] = Field(
        "0 6 * * 1", description="When runs start (cron, in the configured time zone)."
    )
    score_weights: Mapping[Component, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        DEFAULT_WEIGHTS, description="Weights of the score's components: all seven, or none."
    )
    data_dir: Annotated[Path, AfterValidator(_relative)] = Field(
        Path("data"), description="Where everything that runs write is kept."
    )

    @field_validator("score_weights")
    @classmethod
    def _weights(cls, weights: Mapping[Component, float]) -> Mapping[Component, float]:
        if not weights:
            return DEFAULT_WEIGHTS
        expected = get_args(Component)
        missing = [name for name in expected if name not in weights]
        if missing:
            raise ValueError(f"all seven components, or none; missing: {', '.join(missing)}")
        if abs(sum(weights.values()) - 100) > 1e-9:
            raise ValueError(f"weights that sum to 100, not to {sum(weights.values()):g}")
        return {name: weights[name] for name in expected}


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key written twice, where YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused below, as a key that is no text
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} is written twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(file: Path, *, files_must_exist: bool = True) -> Configuration:
    """Read the configuration.

    Args:
        file: the YAML file.
        files_must_exist: whether a file or folder that it names must be there already.

    Raises:
        ConfigurationError: with one line per mistake that names the key, the value and what is
            allowed.
    """
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), _Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror}. Name the configuration file with -c."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{file}, line {line}: {error.problem}.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"{file} is not valid YAML: {error}.") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{file} must hold keys and values, such as `source:`.")
    try:
        return Configuration.model_validate(
            content,
            context={"folder": file.absolute().parent, "must_exist": files_must_exist},
        )
    except ValidationError as error:
        lines = [f"{file} has {error.error_count()} mistake(s):"]
        lines += [f"  {line}" for line in map(_explain, error.errors(include_url=False))]
        raise ConfigurationError("\n".join(lines)) from None


def _explain(error: ErrorDetails) -> str:
    location = [part for part in error["loc"] if part not in {"[key]"}]
    if len(location) > 1 and location[0] == "source" and location[1] in {"graph", "folder"}:
        del location[1]
    key = ".".join(str(part) for part in location)
    match error["type"]:
        case "missing":
            return f"{key} is missing."
        case "extra_forbidden":  # the value is not shown: somebody may have put a secret there
            allowed = sorted(_allowed_keys(error["loc"][:-1]))
            close = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            return f"{key} is unknown.{hint} Allowed: {', '.join(allowed)}."
        case "union_tag_not_found":
            return "source.kind is missing. Allowed: graph, folder."
        case "union_tag_invalid":
            return f"source.kind: {error['ctx']['tag']!r} is not allowed. Allowed: graph, folder."
        case "value_error":
            allowed_text = str(error["ctx"]["error"])
        case "timezone_aware":
            allowed_text = _A_MOMENT
        case "tuple_type":
            allowed_text = "a list"
        case _:
            allowed_text = error["msg"].removeprefix("Input should be ")
    value = error["input"]
    shown = (
        repr(str(value))
        if isinstance(value, str | int | float | Path | date)
        else ("nothing" if value is None else f"a {type(value).__name__}")
    )
    return f"{key}: {shown} is not allowed. Expected: {allowed_text}."


def _allowed_keys(location: tuple[int | str, ...]) -> Iterator[str]:
    models: dict[tuple[int | str, ...], type[BaseModel]] = {
        (): Configuration,
        ("source", "graph"): GraphSource,
        ("source", "folder"): FolderSource,
        ("mailboxes",): Mailboxes,
        ("customers",): Customers,
        ("privacy_terms",): PrivacyTerms,
    }
    yield from models[location].model_fields
