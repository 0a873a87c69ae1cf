"""The mail server, tried by preflight and used by configure: a real one, over TLS, with sign-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engagement_assets import preflight
from engagement_assets.preflight.check import Check
from simulator.generated_tenant import GeneratedTenant
from simulator.server import SimulatedServer, simulate
from tests.support import mail, terminal
from tests.support.asking import ADMINS, GRAPH, KEEP
from tests.support.command import ENGAGEMENT, environment
from tests.support.mail import PASSWORD, USER, MailServer
from tests.support.tenant import ACTIVITY, write_graph


@pytest.fixture
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail.serve(tmp_path_factory.mktemp("authority")) as server:
        yield server


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedServer]:
    with simulate(GeneratedTenant(ACTIVITY)) as server:
        yield server


def write(folder: Path, tenant: SimulatedServer, mail_server: MailServer, **changes: Any) -> Path:
    file = write_graph(folder, tenant)
    content = yaml.safe_load(file.read_text())
    content["tenant_admins"] = ["admin@contoso.com"]
    content["smtp"] = {
        "host": "localhost",
        "port": mail_server.port,
        "sender": "engagement@contoso.com",
        "user": USER,
        "ca_bundle": str(mail_server.authority),
        **changes,
    }
    file.write_text(yaml.safe_dump(content))
    return file


def inspect(file: Path, tenant: SimulatedServer, password: str) -> Check:
    secrets = {
        "ENGAGEMENT_CLIENT_SECRET": tenant.client_secret,
        "ENGAGEMENT_SMTP_PASSWORD": password,
    }
    report = preflight.inspect(file, environment=secrets)
    (found,) = (check for check in report.checks if check.subject == "Mail server")
    assert PASSWORD not in found.found + found.advice
    return found


def test_preflight_tries_it(
    tmp_path: Path, tenant: SimulatedServer, mail_server: MailServer
) -> None:
    file = write(tmp_path, tenant, mail_server)
    assert inspect(file, tenant, PASSWORD).level == "ok"
    refused = inspect(file, tenant, "another-password")
    assert (refused.level, refused.exit_code) == ("error", 1)
    assert f"sign-in of {USER} was refused" in refused.found
    missing = inspect(file, tenant, "")
    assert (missing.level, missing.exit_code) == ("error", 2)
    file = write(tmp_path, tenant, mail_server, ca_bundle=None)
    assert "certificate is not accepted" in inspect(file, tenant, PASSWORD).found
    assert mail_server.received == []


def test_configure_sends_the_request(
    tmp_path: Path, tenant: SimulatedServer, mail_server: MailServer
) -> None:
    write(tmp_path, tenant, mail_server)
    secrets = {
        "ENGAGEMENT_CLIENT_SECRET": tenant.client_secret,
        "ENGAGEMENT_SMTP_PASSWORD": PASSWORD,
    }
    with terminal.opened(
        [ENGAGEMENT, "configure"], environment=environment(secrets), folder=tmp_path
    ) as asked:
        asked.through(*GRAPH, *KEEP, ADMINS, "What now?", "Replace it?")
        asked.answer("Mail it to admin@contoso.com now?")
        asked.expect("Asked: admin@contoso.com")
        assert asked.wait() == 0
    ((_, recipients, message),) = mail_server.received
    assert recipients == ["admin@contoso.com"]
    assert "/adminconsent?" in message.get_content()
