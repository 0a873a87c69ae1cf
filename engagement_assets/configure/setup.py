"""What the steps hand on to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from engagement_assets.activity.people import People
from engagement_assets.activity.source import ActivitySource
from engagement_assets.configure.document import Content


@dataclass
class Setup:
    """A set-up under way.

    Attributes:
        file: the configuration file, absolute.
        content: what will be in it.
        console: where is shown what is not asked.
        environment: where the credential is.
        reader: where addresses are looked up; None when that is not possible yet.
        people: who is who, as far as it was found out.
        domains: the organisation's, as far as they were found out.
    """

    file: Path
    content: Content
    console: Console
    environment: Mapping[str, str] = field(repr=False)
    reader: ActivitySource | None = None
    people: People | None = None
    domains: frozenset[str] | None = None

    @property
    def folder(self) -> Path:
        """What the file's relative paths are relative to."""
        return self.file.parent

    def say(self, text: str, style: str = "") -> None:
        """Show a text; nothing in it is markup."""
        self.console.print(Text(text, style=style), soft_wrap=False)
