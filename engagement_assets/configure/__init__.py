"""The guided set-up: questions in the terminal, one configuration file at the end.

Belongs here: one step a file, in the order of `wizard`; the questions (`prompts`) and the file
(`document`). Does not: rules about values (`config`), checks (`preflight`).
"""

from engagement_assets.configure.wizard import run

__all__ = ["run"]
