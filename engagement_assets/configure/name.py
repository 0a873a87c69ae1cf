"""Steps: what the results are called; when runs start; whom to ask for consent."""

from engagement_assets import config, sources
from engagement_assets.config.values import Address, Cron, Text, TimeZone
from engagement_assets.configure import answers, document, prompts
from engagement_assets.configure.setup import Setup

TITLE = "Name, time and administrators"

_OTHER = ""


def ask(setup: Setup) -> None:
    """Ask for `name`, `time_zone`, `schedule` and `tenant_admins`."""
    content = setup.content
    fields = config.Configuration.model_fields
    content["name"] = prompts.text(
        "What are the results called?",
        document.written(content, "name", fields["name"].default),
        answers.one(Text),
    )
    content["time_zone"] = prompts.text(
        "Time zone of days, weeks and months (such as Europe/Amsterdam):",
        document.written(content, "time_zone", fields["time_zone"].default),
        answers.one(TimeZone),
    )
    before = document.written(content, "schedule", fields["schedule"].default)
    usual = {
        "Mondays at six": "0 6 * * 1",
        "Every day at six": "0 6 * * *",
        "The first of the month at six": "0 6 1 * *",
    }
    if before not in usual.values():
        usual[f"As it is: {before}"] = before
    answer = prompts.choose(
        "When do runs start, while `engagement ui` is up?",
        {**usual, "Another cron expression": _OTHER},
        before,
    )
    content["schedule"] = answer or prompts.text("Cron expression:", before, answers.one(Cron))
    if sources.named(content["source"]["kind"]).consent:
        admins = prompts.text(
            "Addresses of administrators who may consent, if they are to be asked by mail:",
            ", ".join(document.listed(content, "tenant_admins")),
            answers.many(Address, optional=True),
        )
        document.put(content, "tenant_admins", answers.normalised(Address, admins))
