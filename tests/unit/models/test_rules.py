"""The list of rules about SQL."""

from engagement_assets.models import rules
from engagement_assets.models.rules import RULES, Rule


def test_every_rule_of_the_module_is_in_the_list_once() -> None:
    made = [each for each in vars(rules).values() if isinstance(each, Rule)]

    assert sorted(each.name for each in RULES) == sorted(each.name for each in made)
    assert len({each.name for each in RULES}) == len(RULES)
    assert {each.name: each for each in RULES} == rules.NAMED


def test_every_rule_says_what_why_and_what_instead() -> None:
    for rule in RULES:
        assert rule.example
        assert rule.instead
        # they stand in the middle of a sentence that begins with the code, and in a table
        assert rule.reason[0].islower()
        assert not rule.reason.endswith(".")
        assert not rule.instead.endswith(".")
        assert "|" not in rule.example + rule.reason + rule.instead


def test_only_own_files_are_held_to_what_is_about_people_and_the_machine() -> None:
    assert {rule for rule in RULES if rule.applies_to == "own"} == {rules.PEOPLE, rules.MACHINE}
    assert {rule for rule in RULES if rule.is_refused} == {
        rules.CLOCK,
        rules.CHANCE,
        rules.PEOPLE,
        rules.MACHINE,
    }
