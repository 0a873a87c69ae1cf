"""What can go wrong, in words for the person who can mend it.

No message holds the address of a contact.
"""


class EngagementError(Exception):
    """A failure that has an explanation: what happened, where, and what to do.

    Attributes:
        exit_code: what `engagement` exits with (contract 8).
    """

    exit_code = 1


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
