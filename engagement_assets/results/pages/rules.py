"""The rule builder: conditions in words, whom they find at once, and the segment they make."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from engagement_assets.results import language, words
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.downloads import Format, attachment, download, file_name
from engagement_assets.results.failures import NotFoundError, translated
from engagement_assets.results.fields import FIELDS, SEGMENT, Field, operators
from engagement_assets.results.language import N_, Language
from engagement_assets.results.queries import query
from engagement_assets.results.roles import AContributor, AnAdministrator, AnyViewer, Role, Viewer
from engagement_assets.results.rules import SOURCE, Reading, Rule, read_rule, segment_file
from engagement_assets.results.saving import ExistsError, SavingError, problem_of, save
from engagement_assets.results.snapshot import CurrentSnapshot, Snapshot
from engagement_assets.results.templating import page, settings_of
from engagement_assets.results.tracked import dated, require_segments

router = APIRouter()

_PREVIEW = 20
_LONGEST_ADDRESS = 8_000
# Beginnings for somebody who does not know what to ask, each a rule's address.
_EXAMPLES: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = (
    (
        N_("Good customers that have gone quiet"),
        (("EngagementScore", "at_least", "50"), ("DaysSinceLastContact", "more", "30")),
    ),
    (
        N_("They answer slowly"),
        (("AverageDuration_Of_AccountEmailReplies", "more", "2880"),),
    ),
    (
        N_("Many e-mails, no meeting"),
        (("NoOfEmails_FromAccount", "at_least", "10"), ("Meetings", "equals", "0")),
    ),
)

Address = Annotated[str, Form(max_length=_LONGEST_ADDRESS)]


@router.get("/rules")
def rules(
    request: Request,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,
    add: str = "",
    remove: str = "",
) -> Response:
    """Show the rule of the address: the form, and whom the rule finds."""
    titles = _titles(snapshot)
    reading = read_rule(request.query_params.multi_items(), titles)
    # with scripts the form asks for the count by itself, whatever else has been chosen in it
    if (add or remove) and "HX-Request" not in request.headers:
        changed = reading.with_field(add) if add else reading.without(_place(remove))
        return RedirectResponse(f"/rules?{changed.query_string()}", 303)
    return _page(request, snapshot, viewer, reading, titles)


@router.get("/rules/customers.{kind}")
def rule_download(
    request: Request,
    kind: Format,
    snapshot: CurrentSnapshot,
    viewer: AContributor,  # noqa: ARG001 - asking for it keeps others out
) -> Response:
    """Give the customers that the rule of the address finds as a file; without one, all."""
    rule = _rule(request.query_params.multi_items(), _titles(snapshot))
    where, values = rule.bound()
    return download(
        snapshot.cursor,
        f"select {', '.join(FIELDS)} from Customer_Profile where {where} "
        "order by EngagementScore desc, CustomerId",
        values,
        name=dated(snapshot, "customers"),
        kind=kind,
        language=language.of(request),
        coverage=Coverage.of(snapshot),
    )


@router.get("/rules/segment.sql")
def rule_file(
    request: Request,
    snapshot: CurrentSnapshot,
    viewer: AnyViewer,  # noqa: ARG001 - asking for it keeps others out
    rule: Annotated[str, Query(max_length=_LONGEST_ADDRESS)],
    name: str = "",
    title: str = "",
    purpose: str = "",
) -> Response:
    """Give the rule as the text of a segment file."""
    titles = _titles(snapshot)
    found = _rule(parse_qsl(rule, keep_blank_values=True), titles)
    text = segment_file(found, *_described(request, found, title, purpose, titles))
    return PlainTextResponse(
        text, headers=attachment(file_name(name or "segment", "sql")), media_type="application/sql"
    )


@router.post("/rules/segment")
def save_rule(
    request: Request,
    snapshot: CurrentSnapshot,
    viewer: AnAdministrator,
    rule: Address,
    name: Annotated[str, Form(max_length=200)] = "",
    title: Annotated[str, Form(max_length=500)] = "",
    purpose: Annotated[str, Form(max_length=2_000)] = "",
    replace: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Save the rule as a segment, where the pipeline reads it in its next run."""
    folder = settings_of(request).rules_folder
    if folder is None:
        raise NotFoundError(
            N_("Segments cannot be saved from here."),
            remedy=N_("The configuration allows it with results.save_segments."),
        )
    titles = _titles(snapshot)
    parameters = parse_qsl(rule, keep_blank_values=True)
    found = _rule(parameters, titles)
    name, title = name.strip(), title.strip()
    taken = [row["Name"] for row in snapshot.rows(query("table_names"), {"source": SOURCE})]
    typed = {"name": name, "title": title, "purpose": purpose.strip()}
    problems = {"name": problem_of(name, taken), "title": "" if title else N_("Give it a title.")}
    if name in found.segments():
        problems["name"] = N_("The rule speaks of that segment itself. Choose another name.")
    asks = False
    if not any(problems.values()):
        try:
            text = segment_file(found, *_described(request, found, title, purpose, titles))
            save(folder, name, text, replace=replace == "yes")
        except SavingError as error:
            problems["name"] = str(translated(language.of(request), error))
            asks = isinstance(error, ExistsError)
    if any(problems.values()):
        reading = read_rule(parameters, titles)
        return _page(request, snapshot, viewer, reading, titles, 400, typed, problems, asks=asks)
    return RedirectResponse(f"/rules?{urlencode([*found.parameters(), ('saved', name)])}", 303)


def _page(
    request: Request,
    snapshot: Snapshot,
    viewer: Viewer,
    reading: Reading,
    titles: Mapping[str, str],
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    asks: bool = False,
) -> Response:
    reader, coverage = language.of(request), Coverage.of(snapshot)
    rule = reading.rule
    settings = settings_of(request)
    found = _found(snapshot, rule) if rule else None
    shown = [row["CustomerId"] for row in found["Customers"]] if found else []
    return page(
        request,
        "rules.html",
        status,
        coverage=coverage,
        reading=reading,
        rule=rule,
        found=found,
        unknown=coverage.unknown(snapshot, shown),
        titles=titles,
        fields=_by_group(),
        operators=operators,
        examples=[(name, _example(lines)) for name, lines in _EXAMPLES],
        sentence=words.rule(reader, rule, titles) if rule and rule.conditions else "",
        text=segment_file(rule, *_described(request, rule, "", "", titles)) if rule else "",
        typed=typed or {},
        problems=problems or {},
        asks=asks,
        may_save=viewer.may(Role.ADMINISTRATOR) and settings.rules_folder is not None,
        saved=request.query_params.get("saved", ""),
        **words.of_columns(reader, coverage.unread),
    )


def _found(snapshot: Snapshot, rule: Rule) -> dict[str, Any]:
    """Return how many customers a rule finds, of how many, and the first of them."""
    where, values = rule.bound()
    columns = dict.fromkeys(("CustomerId", "Name", *rule.columns(), "EngagementScore"))
    (count,) = snapshot.rows(
        f"select count(*) filter (where {where}) as Found, count(*) as Everybody "
        "from Customer_Profile",
        values,
    )
    customers = snapshot.rows(
        f"select {', '.join(columns)} from Customer_Profile where {where} "
        f"order by EngagementScore desc, CustomerId limit {_PREVIEW}",
        values,
    )
    shown = [column for column in columns if column not in {"CustomerId", "Name"}]
    return {**count, "Customers": customers, "Columns": shown}


def _by_group() -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for field in (*FIELDS.values(), SEGMENT):
        found.setdefault(field.group, []).append(field)
    return found


def _titles(snapshot: Snapshot) -> dict[str, str]:
    require_segments(snapshot)
    return {row["Segment"]: row["Title"] for row in snapshot.rows(query("segment_titles"))}


def _rule(parameters: Sequence[tuple[str, str]], titles: Mapping[str, str]) -> Rule:
    rule = read_rule(parameters, titles).rule
    if rule is None:
        raise NotFoundError(
            N_("This rule is not finished, or its address is damaged."),
            remedy=N_("Go back and complete it."),
        )
    return rule


def _described(
    request: Request, rule: Rule, title: str, purpose: str, titles: Mapping[str, str]
) -> tuple[str, str]:
    """Return the title and the purpose that a segment file needs; English when nobody wrote one.

    The files are in English, whatever the reader's language, and pages translate what they know.
    """
    english: Language = request.app.state.languages["en"]
    sentence = words.rule(english, rule, titles) if rule.conditions else "Everybody."
    return title.strip() or "A rule", purpose.strip() or sentence


def _example(lines: Sequence[tuple[str, str, str]]) -> str:
    parameters = [("match", "all")]
    for column, code, value in lines:
        parameters += [("field", column), ("is", code), ("value", value), ("to", "")]
    return urlencode(parameters)


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
