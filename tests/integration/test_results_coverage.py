"""Every page and every file says how complete it is, in the same words."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from tests.support import results

WARNING = "Not every mailbox could be read: 2 failed, 1 denied, 1 without their calendar."
CHANGE = (
    "3 mailboxes are newly counted, 1 mailbox is no longer counted, 1 mailbox is counted up to "
    "another moment or without its meetings: figures can differ from the run before"
)
PAGES = (
    "/",
    "/customers",
    "/segments",
    "/segments/stale_accounts",
    "/measures",
    "/measures/average_score",
    "/measures/emails_by_month",
    "/measures/answered_share",
    "/rules",
)


def words(page: str) -> str:
    """Return what a reader sees: no tags, one space between words."""
    shown = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(shown)).strip()


def published(config_file: Path) -> Path:
    return config_file.parent / "data" / "published" / "engagement.duckdb"


@pytest.fixture(scope="module")
def incomplete(results_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the organisation in which mailboxes were not read, one of them never."""
    folder = tmp_path_factory.mktemp("incomplete") / "copy"
    shutil.copytree(results_sample.parent, folder, symlinks=True)
    config_file = folder / results_sample.name
    with duckdb.connect(published(config_file)) as connection:
        connection.execute("""
            create table numbered as select UserId, row_number() over (order by UserId) as place
                from Office_Mailbox where Status = 'processed';
            update Office_Mailbox set Status = case place
                when 1 then 'failed' when 2 then 'failed' when 3 then 'denied' else 'partly' end
                from numbered where numbered.UserId = Office_Mailbox.UserId and place <= 4;
            update Office_Mailbox set CoveredFrom = null, CoveredTo = null where Status = 'denied';
            update Office_Mailbox set CoveredTo = CoveredTo - interval 40 day
                where Status = 'failed';
            drop table numbered;
            update Coverage_History set Came = 3, Gone = 1, Changed = 5
        """)
        changes = connection.execute(
            "update Segment_Change set Cause = 'coverage' where Segment = 'stale_accounts' "
            "and Reason is not null returning 1"
        ).fetchall()
        assert changes
    return config_file


@pytest.fixture(scope="module")
def app(incomplete: Path) -> Iterator[TestClient]:
    with results.client_of(results.settings_for(incomplete)) as client:
        yield client


@pytest.fixture(scope="module")
def mailboxes(incomplete: Path) -> int:
    with duckdb.connect(published(incomplete), read_only=True) as connection:
        ((number,),) = connection.execute(
            "select count(*) from Office_Mailbox where Status <> 'no_mailbox'"
        ).fetchall()
    return int(number)


@pytest.fixture(scope="module")
def customers(incomplete: Path) -> dict[bool, str]:
    """One customer that is engaged, and one without e-mail and meeting."""
    with duckdb.connect(published(incomplete), read_only=True) as connection:
        return dict(
            connection.execute(
                "select IsEngaged, arg_max(CustomerId, RecentScore) from Customer_Profile "
                "group by IsEngaged"
            ).fetchall()
        )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_what_was_not_read_and_what_changed(app: TestClient, path: str) -> None:
    said = words(app.get(path).text)
    assert WARNING in said
    assert CHANGE in said


def test_complete_results_have_no_warning(results_app: TestClient) -> None:
    for path in PAGES:
        said = words(results_app.get(path).text)
        assert "Not every mailbox" not in said, path
        assert "newly counted" not in said, path
        assert "as incomplete as" not in said, path


def test_who_has_no_activity_is_unknown_and_not_never_engaged(
    app: TestClient, customers: dict[bool, str], mailboxes: int
) -> None:
    unknown = f"1 of {mailboxes} mailboxes not read"
    card = words(app.get(f"/customers/{customers[False]}").text)
    listed = words(app.get("/customers?engaged=no").text)

    assert WARNING in card
    assert f"Unknown: {unknown}." in card
    assert f"unknown: {unknown}" in listed
    for said in (card, listed):
        assert "ever engaged" not in said
        assert "nobody of your organisation" not in said
    assert "onbekend: 1 van" in words(app.get("/customers?engaged=no&lang=nl").text)
    app.cookies.clear()


def test_a_segment_says_once_that_its_members_may_have_been_in_touch(
    app: TestClient, results_app: TestClient, mailboxes: int
) -> None:
    silent = f"1 of {mailboxes} mailboxes were not read: some of these customers may have been"
    assert words(app.get("/segments/never_engaged").text).count(silent) == 1
    assert silent not in words(app.get("/segments/top_tenth").text)
    assert words(app.get("/segments").text).count(silent) == 2  # never engaged, stale accounts
    assert "some of these customers" not in words(results_app.get("/segments").text)
    # no figure of such a customer is known, its score neither
    never = app.get("/segments/stale_accounts?sort=EngagementScore&order=asc").text
    assert "<bdi>0.0</bdi>" not in never
    stale = "/segments/stale_accounts?sort=DaysSinceLastEmail&order=desc"
    assert "<bdi>unknown</bdi>" in app.get(stale).text
    assert "<bdi>never</bdi>" not in app.get(stale).text


def test_what_changed_names_the_coverage(
    app: TestClient, results_app: TestClient, customers: dict[bool, str]
) -> None:
    address = f"/customers/{customers[True]}"
    changed = words(app.get(address).text).partition("What changed")[2]
    assert changed.strip().startswith(CHANGE)
    assert "3 mailboxes were not read to the end of October 2026: what changed can be" in changed
    assert "not read to the end of" not in words(results_app.get(address).text)


def test_a_segment_says_why_its_customers_came_and_went(
    app: TestClient, results_app: TestClient
) -> None:
    coverage = "could be because the mailboxes that are counted changed"
    assert coverage in words(app.get("/segments/stale_accounts").text)
    assert coverage not in words(results_app.get("/segments/stale_accounts").text)


def test_a_card_says_when_the_coverage_could_be_why_it_is_in_a_segment(
    app: TestClient, incomplete: Path
) -> None:
    with duckdb.connect(published(incomplete), read_only=True) as connection:
        ((customer, _),) = connection.execute(
            "select CustomerId, Segment from Segment_Change where Cause = 'coverage' "
            "and Change = 'joined' limit 1"
        ).fetchall()
    said = words(app.get(f"/customers/{customer}").text).partition("In these segments")[2]
    assert "Stale accounts since 23 Nov 2026: could be because the mailboxes" in said


def test_no_figure_of_an_unknown_customer_is_shown_for_a_rule(
    app: TestClient, results_app: TestClient
) -> None:
    rule = "/rules?match=all&field=Meetings&is=equals&value=0&to=&field=IsEngaged&is=no&value=&to="
    for client, shown in ((app, "<bdi>unknown</bdi>"), (results_app, "<bdi>0.0</bdi>")):
        page = client.get(rule).text
        assert shown in page
    said = app.get(rule).text
    assert "<bdi>0.0</bdi>" not in said
    assert "<bdi>no</bdi>" not in said  # whether there was an e-mail or a meeting


def test_changes_of_an_older_version_have_no_cause(incomplete: Path, tmp_path: Path) -> None:
    shutil.copytree(incomplete.parent, tmp_path / "copy", symlinks=True)
    older = tmp_path / "copy" / incomplete.name
    with duckdb.connect(published(older)) as connection:
        connection.execute("alter table Segment_Change drop Cause; drop table Coverage_History")
        connection.execute(
            "update Segment_Change set Reason = '{}' where Reason is not null "
            "and Segment = 'stale_accounts'"
        )
    with results.client_of(results.settings_for(older)) as client:
        said = words(client.get("/segments/stale_accounts").text)
    assert "those of other customers did, or the rule" in said
    assert "newly counted" not in said


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/segments/stale_accounts/members", "stale_accounts-2026-11-23"),
        ("/measures/average_score/values", "average_score-2026-11-23"),
        ("/rules/customers", "customers-2026-11-23"),
    ],
)
def test_a_file_says_how_complete_it_is(
    app: TestClient, results_app: TestClient, mailboxes: int, address: str, name: str
) -> None:
    rule = "?match=all&field=Meetings&is=at_least&value=0&to="
    said = (
        f"mailboxes={mailboxes}, not-read=1, failed=2, denied=1, pending=0, partly=1, "
        "newly-counted=3, no-longer-counted=1"
    )
    for kind in ("csv", "parquet"):
        answer = app.get(f"{address}.{kind}{rule}")
        assert answer.headers["engagement-coverage"] == said
        assert f'"{name}-incomplete.{kind}"' in answer.headers["content-disposition"]
        whole = results_app.get(f"{address}.{kind}{rule}")
        assert f'"{name}.{kind}"' in whole.headers["content-disposition"]
        assert "not-read=0" in whole.headers["engagement-coverage"]
        if kind == "csv":  # a table and nothing else
            (columns,) = {len(row) for row in csv.reader(io.StringIO(answer.text))}
            assert columns
        else:
            metadata = pq.read_metadata(io.BytesIO(answer.content)).metadata
            assert metadata[b"Engagement-Coverage"].decode() == said
