"""Downloading a simulated tenant in a process of its own: `python -m bench.graph_stages STAGE`.

`client FILE` reads every mailbox with the product's client. `floor FILE PAGES` asks for the very
pages that the client got, with `requests` and as many threads, and throws them away. Prints one
JSON object.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import requests

from bench.measuring import peak_bytes, stopwatch
from engagement_assets import config
from engagement_assets.activity import people
from engagement_assets.config import Configuration
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.places import WORKERS
from engagement_assets.microsoft365.sign_in import Credential, SignIn
from engagement_assets.sources import GRAPH
from engagement_assets.window import Window

Result = dict[str, object]


def client(settings: Configuration) -> Result:
    """Download every mailbox as a run does; the folder is left as it is."""
    source = GRAPH.open(GRAPH.settings_of(settings.source), settings.data_dir)
    selected = people.select(source, settings.mailboxes.addresses, settings.mailboxes.opted_out)
    ids = [person.id for person in selected.persons]
    window = Window.until(settings.as_of or datetime.now(UTC), settings.time_zone)
    with stopwatch() as watch, source.reading(ids, window, lambda *_: False):
        mailboxes = [source.mailbox(user_id) for user_id in ids]
    peak = peak_bytes()
    lines = {"message": 0, "event": 0}
    for mailbox in mailboxes:
        for file in mailbox.files:
            lines[file.kind] += sum(1 for _ in source.lines(file))
    read = sum(mailbox.status == "processed" for mailbox in mailboxes)
    return {"seconds": watch.wall, "cpu": watch.cpu, "peak": peak, "mailboxes": read, **lines}


def floor(settings: Configuration, pages: Path) -> Result:
    """Ask for pages, one mailbox after another in every thread, and do nothing with them."""
    graph = GRAPH.settings_of(settings.source)
    token = SignIn(graph, Credential.from_environment()).token()
    verify = str(Endpoints.of(graph).ca_bundle)
    mailboxes: list[list[tuple[str, str]]] = json.loads(pages.read_text(encoding="utf-8"))
    local = threading.local()

    def download(mailbox: list[tuple[str, str]]) -> int:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        size = 0
        for url, prefer in mailbox:
            headers = {"Authorization": f"Bearer {token}", "Prefer": prefer}
            answer = local.session.get(url, headers=headers, verify=verify, timeout=90)
            answer.raise_for_status()
            size += len(answer.content)
        return size

    with stopwatch() as watch, ThreadPoolExecutor(WORKERS) as pool:
        size = sum(pool.map(download, mailboxes))
    return {"seconds": watch.wall, "cpu": watch.cpu, "peak": peak_bytes(), "bytes": size}


def main() -> None:
    """Run the stage that the command line names, and print what it measured."""
    stage, file, *more = sys.argv[1:]
    settings = config.load(Path(file))
    result = client(settings) if stage == "client" else floor(settings, Path(more[0]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
