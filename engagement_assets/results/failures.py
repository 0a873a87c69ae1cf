"""Pages for what went wrong: what happened, and what to do."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from engagement_assets.errors import EngagementError
from engagement_assets.results import language
from engagement_assets.results.language import N_
from engagement_assets.results.roles import NotAllowedError, SignInNeededError
from engagement_assets.results.snapshot import NothingPublishedError, TooSlowError
from engagement_assets.results.templating import page

_logger = logging.getLogger(__name__)


class NotFoundError(EngagementError):
    """What an address names is not there. The message is shown, translated if it can be."""


def register(app: FastAPI) -> None:
    """Make the app answer every failure with a page."""
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(NothingPublishedError, _nothing_published)
    app.add_exception_handler(TooSlowError, _too_slow)
    app.add_exception_handler(NotAllowedError, _not_allowed)
    app.add_exception_handler(SignInNeededError, _sign_in_needed)


def _failure(request: Request, status: int, title: str, text: str) -> Response:
    reader = language.of(request)
    return page(
        request,
        "failure.html",
        status,
        title=reader.gettext(title),
        text=reader.gettext(text),
    )


def _not_found(request: Request, error: Exception) -> Response:
    return _failure(request, 404, N_("Not found"), str(error))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if error.status_code == 404:
        return _failure(
            request, 404, N_("Not found"), N_("There is no such page. Look for a customer above.")
        )
    return _failure(
        request, error.status_code, N_("That did not work"), N_("The app cannot do that.")
    )


def _wrong_request(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _failure(
        request,
        400,
        N_("That did not work"),
        N_("The address of this page has a value that makes no sense. Start from the overview."),
    )


def _nothing_published(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return page(request, "nothing_published.html", 503)


def _too_slow(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _failure(
        request,
        503,
        N_("That took too long"),
        N_("The question was stopped. Ask for less, or try again in a minute."),
    )


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowedError)  # noqa: S101 - registered for it
    return page(request, "not_allowed.html", 403, needed=error.needed)


def _sign_in_needed(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return RedirectResponse("/login", 303)
