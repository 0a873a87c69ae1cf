"""Every failure has its place in the tree, and reads well."""

import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Iterator

import pytest

import engagement_assets
from engagement_assets import errors
from engagement_assets.config import load
from engagement_assets.errors import ConfigurationError, EngagementError

_BRANCH = re.compile(r"^( {4,})(\w+) (\d+)$", re.MULTILINE)
_BESIDE = re.compile(r"^ {4}(\w+): (.+)$", re.MULTILINE)


def classes() -> Iterator[type[BaseException]]:
    """Yield every exception that a module of the package defines."""
    for found in pkgutil.walk_packages(engagement_assets.__path__, "engagement_assets."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if (
                inspect.isclass(value)
                and issubclass(value, BaseException)
                and value.__module__ == module.__name__
            ):
                yield value


def drawn() -> str:
    """Return the tree as it is in the code."""
    lines = []

    def draw(kind: type[EngagementError], depth: int) -> None:
        lines.append(f"{'    ' * depth}{kind.__name__} {kind.exit_code}")
        for below in sorted(kind.__subclasses__(), key=lambda each: each.__name__):
            if below.__module__.startswith("engagement_assets."):
                draw(below, depth + 1)

    draw(EngagementError, 1)
    return "\n".join(lines)


def test_the_tree_is_that_of_the_code() -> None:
    list(classes())  # a class is there once its module is imported
    written = "\n".join(match.group(0) for match in _BRANCH.finditer(errors.__doc__ or ""))
    assert written == drawn()


def test_no_two_failures_share_a_name() -> None:
    names = [kind.__name__ for kind in classes()]
    assert sorted(names) == sorted(set(names))


def test_what_stands_beside_the_tree_has_a_reason() -> None:
    beside = {kind.__name__ for kind in classes() if not issubclass(kind, EngagementError)}
    listed = dict(_BESIDE.findall(errors.__doc__ or ""))
    assert set(listed) == beside
    assert all(listed.values())


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (EngagementError("It rains."), "It rains."),
        (EngagementError("it is wet", where="roof"), "roof: it is wet."),
        (EngagementError("It rains.", remedy="Go in."), "It rains. Go in."),
        (EngagementError("it is wet", where="roof", remedy="Go in."), "roof: it is wet. Go in."),
        (EngagementError("is it wet?", where="roof", remedy="Go."), "roof: is it wet? Go."),
        (EngagementError("stopped"), "stopped"),
    ],
)
def test_the_parts_are_one_text(error: EngagementError, text: str) -> None:
    assert str(error) == text
    assert f"{error.happened} {error.remedy or ''}".rstrip() == text


def test_a_path_is_a_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    missing = tmp_path_factory.mktemp("nothing") / "engagement.yaml"

    with pytest.raises(ConfigurationError) as caught:
        load(missing)

    assert caught.value.as_dict() == {
        "what": "it cannot be read: No such file or directory",
        "where": str(missing),
        "remedy": "Name the configuration file with -c.",
    }


def test_the_parts_outlive_another_process() -> None:
    error = ConfigurationError("it is wet", where="roof", remedy="Go in.")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert (type(again), again.as_dict(), str(again)) == (
        ConfigurationError,
        error.as_dict(),
        str(error),
    )
