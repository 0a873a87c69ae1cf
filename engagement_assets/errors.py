"""What can go wrong, in words for the person who can mend it.

Each failure has three parts: what happened, where, and what to do. The command, the pages of the
results app and its JSON print the same three. No part holds the address of a contact.

The tree, with what `engagement` exits with (a test compares it with the code):

    EngagementError 1
        BusyError 1
        ConfigurationError 2
        ConsentError 3
        DataFolderError 1
        EngineError 1
        MailError 1
        ModelError 1
        NotFoundError 1
        NothingPublishedError 1
        ProviderError 1
        PublishingError 1
        RunFailedError 1
        SavingError 1
            ExistsError 1
        SignInError 1
        SignInFailedError 1
        SourceError 1
            GraphError 1
                BrokenPagingError 1
                NoExchangeError 1
                TransientGraphError 1
        StoppedError 75
            SetupStoppedError 75
        TooSlowError 1
        UnreadableError 1

Beside the tree stand exceptions that only tell a caller in the same room how to go on. None of
them reaches whoever started the program:

    BrokenFileError: fails one mailbox, not the run
    NotAllowedError: answered with the page that names the role that is needed
    RunBudgetSpentError: leaves the mailboxes that are not complete pending
    RunStoppedError: ends the threads of a run that failed elsewhere or was interrupted
    SignInNeededError: answered by sending the reader to the sign-in
    _RepeatError: has a pass over a collection repeated
    _TooLongError: has an answer asked for in smaller pieces
"""

import os
from collections.abc import Sequence
from pathlib import Path


class EngagementError(Exception):
    """A failure that has an explanation.

    Attributes:
        exit_code: what `engagement` exits with (docs/errors.md).
        what: what happened: a whole sentence, or the end of one that begins with `where`.
        where: the file, key or address that it happened at; None when `what` says so.
        remedy: what to do, in whole sentences; None when there is nothing to do, or `what` says so.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, where: object | None = None, remedy: str | None = None
    ) -> None:
        """Make one of its parts; `where` is often a path."""
        super().__init__(what)
        self.what = what
        self.where = None if where is None else str(where)
        self.remedy = remedy

    @property
    def happened(self) -> str:
        """What happened, and where, as one text: `where: what.`."""
        text = self.what if self.where is None else f"{self.where}: {self.what}"
        if (self.where or self.remedy) and not text.endswith((".", "?", "!")):
            text += "."
        return text

    def __str__(self) -> str:
        """Return the parts as one text: `where: what. remedy`."""
        return self.happened if self.remedy is None else f"{self.happened} {self.remedy}"

    def as_dict(self) -> dict[str, str | None]:
        """Return the parts for JSON."""
        return {"what": self.what, "where": self.where, "remedy": self.remedy}


def named(texts: Sequence[str], most: int) -> str:
    """Return texts for a message: the first of them, and how many more there are."""
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return f"{', '.join(texts[:most])}{more}"


class ConfigurationError(EngagementError):
    """The configuration, or an input file that it names, has to be mended."""

    exit_code = 2


class ConsentError(EngagementError):
    """The tenant administrator has not granted what is needed."""

    exit_code = 3


class SourceError(EngagementError):
    """The activity source cannot be read at all."""


class PublishingError(EngagementError):
    """The results were not fit to be published; those of the run before stay as they were."""


class BusyError(EngagementError):
    """Another run works on the same data folder."""


class StoppedError(EngagementError):
    """Somebody ended the command, with Ctrl-C or by a signal."""

    exit_code = os.EX_TEMPFAIL


class DataFolderError(EngagementError):
    """The data folder, or a file that the program keeps in it, cannot be made, read or written."""

    @classmethod
    def unwritable(cls, data_dir: Path, error: OSError) -> "DataFolderError":
        """Return the failure to write in a data folder, with the system's own reason."""
        return cls(
            f"it cannot be written: {error.strerror}",
            where=f"data_dir: {data_dir}",
            remedy="Name a folder that can be.",
        )
