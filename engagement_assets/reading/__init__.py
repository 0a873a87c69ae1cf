"""The read path: all that a run brings into the warehouse before the first SQL model.

Belongs here: the run's moment, people, mailboxes and what becomes of them. A Dagster step calls
one function; `everything` is all of them in their order, for whoever runs without Dagster. Does
not: Dagster, SQL about numbers.
"""

from engagement_assets.reading.activity import read_activity
from engagement_assets.reading.everything import read_everything
from engagement_assets.reading.mailboxes import MailboxOutcome
from engagement_assets.reading.moment import begin_run
from engagement_assets.reading.people import read_people

__all__ = ["MailboxOutcome", "begin_run", "read_activity", "read_everything", "read_people"]
