"""Opening pages in profiles of their own."""

from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import LONGEST_WAIT


def visit(browser: Browser, contexts: list[BrowserContext], **options: object) -> Page:
    """Return a page in a new profile, which ends with the fixture `contexts`."""
    context = browser.new_context(locale="en-GB", **options)  # type: ignore[arg-type] # of any kind
    context.set_default_timeout(LONGEST_WAIT)
    contexts.append(context)
    return context.new_page()
