"""What only an activity folder has to be checked for."""

from collections.abc import Sequence

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.source import BrokenFileError, User
from engagement_assets.errors import named
from engagement_assets.preflight import in_window, mailboxes
from engagement_assets.preflight.check import Check, attempt, ok, warning
from engagement_assets.preflight.findings import Findings
from engagement_assets.sources import FOLDER, Reach


def inspect(findings: Findings) -> None:
    """Check the folder, its people, and that each has a mailbox there."""
    findings.begin("the activity folder")
    configuration = findings.configuration
    settings = FOLDER.settings_of(configuration.source)
    source = attempt(
        "Activity folder", lambda: FOLDER.open(settings, configuration.data_dir, findings.budget)
    )
    if isinstance(source, Check):
        findings.add(source)
        findings.unknown("the activity folder cannot be read")
        return
    findings.add(ok("Activity folder", f"{settings.path} has users."))
    findings.resolve(source)
    if findings.people is not None:
        persons, listed = findings.people.persons, configuration.mailboxes
        findings.add(attempt(mailboxes.SUBJECT, lambda: _mailboxes(source, persons)))
        findings.add(in_window.of_lines(source, persons, findings.window))
        addresses = len(listed.addresses) + len(listed.opted_out)
        findings.estimate = FOLDER.estimate(source, Reach(persons, addresses, findings.window))


def _mailboxes(source: FolderSource, persons: Sequence[User]) -> Check:
    missing, broken = [], []
    for person in persons:
        try:
            if source.mailbox(person.id) is None:
                missing.append(mailboxes.name(person))
        except BrokenFileError as failure:
            broken.append(f"{mailboxes.name(person)}: {failure}")
    readable = len(persons) - len(missing) - len(broken)
    found = f"{readable} of {len(persons)} persons have a folder"
    if not missing and not broken:
        return ok(mailboxes.SUBJECT, f"{found}.")
    found += f"; without: {named(missing, mailboxes.NAMED)}" if missing else ""
    found += f"; broken: {named(broken, mailboxes.NAMED)}" if broken else ""
    return warning(
        mailboxes.SUBJECT,
        f"{found}.",
        "Without a folder they have no mailbox for the results. Export them below "
        "mailboxes/<user id>, if they have one; export broken ones again.",
    )
