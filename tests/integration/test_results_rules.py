"""Rules in the results app: whom they find, the files they make, saving them as segments."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from engagement_assets.errors import ConfigurationError
from engagement_assets.models.loading import load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from tests.support import own_sql, results
from tests.support.command import read_settings, write_settings
from tests.support.reading import ask, lines, words

SITE = "http://127.0.0.1:8050"
STALE = "match=all&field=DaysSinceLastContact&is=more_or_never&value=60&to="


@pytest.fixture(scope="module")
def own_sample(results_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config_file = own_sql.write(results_sample, tmp_path_factory.mktemp("own") / "organisation")
    own_sql.run(config_file)
    return config_file


@pytest.fixture(scope="module")
def own_app(own_sample: Path) -> Iterator[TestClient]:
    with results.client_of(results.settings_for(own_sample)) as client:
        yield client


# --- rules --------------------------------------------------------------------------------------


def test_a_rule_counts_shows_and_downloads_the_same(
    results_app: TestClient, results_sample: Path
) -> None:
    expected = ask(
        results_sample,
        "select CustomerId from Customer_Profile "
        "where DaysSinceLastContact is null or DaysSinceLastContact > 60",
    )

    page = results_app.get(f"/rules?{STALE}").text
    rows = lines(results_app.get(f"/rules/customers.csv?{STALE}").text)
    everybody = lines(results_app.get("/rules/customers.csv").text)

    assert f"{len(expected)} of 40 customers" in words(page)
    assert {row["CustomerId"] for row in rows} == {row[0] for row in expected}
    assert len(everybody) == 40


def test_lines_are_added_and_removed_by_addresses(results_app: TestClient) -> None:
    added = results_app.get(f"/rules?{STALE}&add=Name", follow_redirects=False)
    removed = results_app.get(f"/rules?{STALE}&remove=0&add=", follow_redirects=False)
    live = results_app.get(f"/rules?{STALE}&add=Name", headers={"HX-Request": "true"})

    assert added.headers["location"].endswith("field=Name&is=contains&value=&to=")
    assert removed.headers["location"] == "/rules?match=all"
    assert live.status_code == 200
    unfinished = words(results_app.get(added.headers["location"]).text)
    assert "as soon as every condition is complete: name : Write a text." in unfinished


@pytest.mark.parametrize(
    "address",
    [
        "field=Name&is=contains&value='; drop table Office; --&to=",
        "field=Name&is=contains&value=<script>alert(1)</script>&to=",
        'field=Name&is=contains&value="><img src=x>&to=',
        "field=Office&is=contains&value=x&to=",
        "field=Name",
        "saved=<script>",
    ],
)
def test_hostile_addresses_are_text(results_app: TestClient, address: str) -> None:
    page = results_app.get(f"/rules?{address}")

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "<script></p>" not in page.text


@pytest.mark.parametrize("path", ["/rules/customers.csv", "/rules/segment.sql"])
def test_an_unfinished_rule_makes_no_file(results_app: TestClient, path: str) -> None:
    rule = "match=all&field=Name&is=contains&value=&to="
    answer = results_app.get(f"{path}?{rule}&{urlencode({'rule': rule})}")

    assert answer.status_code == 404
    assert "not finished" in words(answer.text)


def test_unknown_names_and_kinds_are_not_found(results_app: TestClient) -> None:
    for path in (
        *("/segments/nobody", "/segments/%22", "/segments/nobody/members.csv"),
        *("/measures/nobody", "/measures/nobody/values.csv"),
    ):
        assert results_app.get(path).status_code == 404, path
    assert results_app.get("/segments/cooling/members.exe").status_code == 400


# --- saving -------------------------------------------------------------------------------------


def save(client: TestClient, **fields: str) -> tuple[int, str, str]:
    answer = client.post(
        "/rules/segment",
        data={"rule": STALE, **fields},
        headers={"Origin": SITE},
        follow_redirects=False,
    )
    return answer.status_code, answer.headers.get("location", ""), words(answer.text)


def test_a_saved_rule_is_a_segment_after_the_next_run(
    own_app: TestClient, own_sample: Path
) -> None:
    status, location, _ = save(own_app, name="quiet", title="Quiet", purpose="Nothing for long")
    assert status == 303
    assert "Saved as quiet. The next run makes it a segment." in words(own_app.get(location).text)
    assert save(own_app, name="QUIET", title="Quiet too")[0] == 400
    replaced = save(own_app, name="quiet", title="Quiet again", replace="yes")
    assert replaced[0] == 303

    own_sql.run(own_sample)

    page = words(own_app.get("/segments/quiet").text)
    assert "Quiet again Days since the last e-mail or meeting is never, or is more than 60." in page
    members = ask(own_sample, "select count(*) from Segment_Member where Segment = 'quiet'")
    stale = ask(
        own_sample,
        "select count(*) from Customer_Profile where coalesce(DaysSinceLastContact > 60, true)",
    )
    assert members == stale
    assert f'href="/rules?{STALE.replace("&", "&amp;")}"' in own_app.get("/segments/quiet").text
    # and it may be saved again, which a hand-written one may not
    assert save(own_app, name="quiet", title="Quiet", replace="yes")[0] == 303


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "../../evil", "title": "Evil"}, "Names have letters"),
        ({"name": "fine", "title": " "}, "Give it a title."),
        *(
            (
                {"name": name, "title": "Mine", "replace": "yes"},
                "There is already a table of that name",
            )
            for name in ("office", "stale_accounts", "odd", "email_account", "run", "by_size")
        ),
    ],
)
def test_what_cannot_be_saved_says_why(
    own_app: TestClient, own_sample: Path, fields: dict[str, str], problem: str
) -> None:
    before = sorted(own_sample.parent.rglob("*.sql"))

    status, _, page = save(own_app, **fields)

    assert (status, problem in page) == (400, True)
    assert sorted(own_sample.parent.rglob("*.sql")) == before


def test_a_segment_cannot_speak_of_itself(own_app: TestClient) -> None:
    rule = "match=all&field=Segment&is=in&value=odd&to="
    status, _, page = save(own_app, rule=rule, name="odd", title="Odd", replace="yes")

    assert status == 400
    assert "Choose another" in page


def test_other_sites_save_nothing(own_app: TestClient, own_sample: Path) -> None:
    for headers in ({}, {"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = own_app.post(
            "/rules/segment",
            data={"rule": STALE, "name": "evil", "title": "Evil"},
            headers=headers,
        )
        assert answer.status_code == 403
    assert not list(own_sample.parent.rglob("evil.sql"))


def test_without_configuration_nothing_is_saved(results_app: TestClient) -> None:
    status, _, page = save(results_app, name="quiet", title="Quiet")

    assert status == 404
    assert "Segments cannot be saved from here" in page
    assert "Save for the next run" not in results_app.get(f"/rules?{STALE}").text


def test_saving_needs_a_folder(results_sample: Path, tmp_path: Path) -> None:
    config_file = tmp_path / "engagement.yaml"
    settings = read_settings(results_sample) | {"results": {"save_segments": True}}
    write_settings(config_file, settings)

    with pytest.raises(ConfigurationError, match="sql_folder is missing"):
        results.settings_for(config_file)


def test_the_file_of_a_rule_is_a_model(results_app: TestClient, tmp_path: Path) -> None:
    answer = results_app.get(
        "/rules/segment.sql",
        params={"rule": STALE, "name": "quiet", "title": "Quiet", "purpose": "a\n-- unit: x"},
    )
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "quiet.sql").write_text(answer.text)
    shipped = load_models(Path(__file__).parents[2] / "dbt_like_sql", INPUT_TABLES)

    (model,) = load_models(tmp_path, [*INPUT_TABLES, *(each.name for each in shipped)])

    assert answer.headers["content-disposition"] == 'attachment; filename="quiet.sql"'
    assert (model.title, model.purpose) == ("Quiet", "a -- unit: x")


# --- who may ------------------------------------------------------------------------------------


def test_viewers_are_told_what_downloading_takes(own_sample: Path) -> None:
    public = "https://engagement.test"
    settings = results.settings_with_sign_in(own_sample, "https://login.test", public)
    with results.client_of(settings, public) as client:
        results.signed_in(client, "VIEWER")
        for path in ("/segments/odd", f"/rules?{STALE}", "/measures/average_score"):
            page = client.get(path).text
            assert "You need the role contributor to download." in words(page)
            assert "Download CSV" not in page
        results.signed_in(client, "CONTRIBUTOR")
        assert "Download CSV" in client.get("/segments/odd").text
