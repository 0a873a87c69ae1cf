"""A simulated tenant that a client of its own visits, and its busiest mailbox."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from simulator.activity import Activity
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import simulate
from simulator.service import Behaviour
from simulator.visitor import Visitor

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
ACTIVITY = Activity(Organisation.generate(7, people=8, accounts=12, volume=2.0), AS_OF, days=90)
BUSY = ACTIVITY.organisation.users[4]
PATH = f"/users/{BUSY.user_id}"
ALL_TIME = {"startDateTime": "2026-08-01", "endDateTime": "2026-12-31T00:00:00Z"}


@contextmanager
def visiting(
    roles: Iterable[str] = NEEDED_ROLES, tenant: GeneratedTenant | None = None, **choices: Any
) -> Iterator[Visitor]:
    tenant = tenant or GeneratedTenant(ACTIVITY)
    with (
        simulate(tenant, granted=roles, behaviour=Behaviour(**choices)) as running,
        Visitor(running) as visitor,
    ):
        yield visitor


def plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "@odata.etag"}


def by_id(items: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["id"]: plain(item) for item in items}


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
