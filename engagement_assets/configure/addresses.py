"""Step: whose mailboxes are read, with the number of persons behind each address."""

from collections.abc import Sequence

from engagement_assets.activity import domains, people
from engagement_assets.config.values import Address
from engagement_assets.configure import answers, document, prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.errors import ConfigurationError, EngagementError
from engagement_assets.microsoft365.retry_budget import RunBudgetSpentError
from engagement_assets.preflight.people import resolve
from engagement_assets.preflight.table import addresses as table_of
from engagement_assets.vocabulary import FEWEST_PERSONS, MOST_PERSONS

TITLE = "Addresses"


def ask(setup: Setup) -> None:
    """Ask for `mailboxes`, until the numbers are as they should be."""
    section = document.section(setup.content, "mailboxes")
    setup.say(
        "List people and groups: addresses or aliases. A group stands for its members, those of "
        f"nested groups included. Together they must be {FEWEST_PERSONS} to {MOST_PERSONS:,} "
        "persons."
    )
    while True:
        section["addresses"] = _list(
            "Addresses, separated by commas:", document.listed(section, "addresses"), optional=False
        )
        opted_out = _list(
            "People or groups who opted out, if any:", document.listed(section, "opted_out")
        )
        document.put(section, "opted_out", opted_out)
        is_possible = _show(setup, section["addresses"], opted_out)
        if is_possible and prompts.choose(
            "Is that right?", {"Yes, go on": True, "No, change the lists": False}
        ):
            return


def _list(question: str, before: Sequence[str], *, optional: bool = True) -> list[str]:
    answer = prompts.text(question, ", ".join(before), answers.many(Address, optional=optional))
    return answers.normalised(Address, answer)


def _show(setup: Setup, listed: Sequence[str], opted_out: Sequence[str]) -> bool:
    """Show whom the lists stand for; tell whether a run would take them, as far as is known."""
    setup.people = None
    reader = setup.reader
    if reader is None:
        setup.say(
            "How many persons they stand for cannot be told yet, because nothing can be looked "
            "up. `engagement preflight` tells it later.",
            "yellow",
        )
        return True
    try:
        with setup.console.status("Looking them up"):
            found = [resolve(reader, address) for address in listed]
            found += [resolve(reader, address, is_opted_out=True) for address in opted_out]
            setup.domains = reader.organisation_domains()
        setup.console.print(table_of(found))
        setup.people = people.select(reader, listed, opted_out)
        if setup.domains is None:
            setup.domains = domains.of_persons(setup.people.persons)
        setup.say(f"{len(setup.people.persons)} persons' mailboxes will be read.", "green")
    except ConfigurationError as error:
        setup.say(str(error), "red")
        return False
    except (EngagementError, RunBudgetSpentError) as error:
        setup.say(
            f"{str(error) or 'Microsoft Graph is too busy.'} How many persons they stand for "
            "cannot be told yet; the set-up goes on.",
            "yellow",
        )
    return True
