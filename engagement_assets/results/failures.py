"""Answers for what went wrong: what happened, where, and what to do, as a page or as JSON."""

import contextlib
import logging
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engagement_assets.errors import EngagementError
from engagement_assets.results import language
from engagement_assets.results.language import N_, Language
from engagement_assets.results.roles import NotAllowedError, SignInNeededError
from engagement_assets.results.sign_in import ProviderError, SignInFailedError
from engagement_assets.results.snapshot import (
    NothingPublishedError,
    TooSlowError,
    UnreadableError,
)
from engagement_assets.results.templating import is_framed, page, settings_of

_logger = logging.getLogger(__name__)


class NotFoundError(EngagementError):
    """What an address names is not there. Its parts are shown, translated if they can be."""


def register(app: FastAPI) -> None:
    """Make the app answer every failure with a page, or with JSON who asks for that alone."""
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(NothingPublishedError, _nothing_published)
    app.add_exception_handler(UnreadableError, _unreadable)
    app.add_exception_handler(TooSlowError, _too_slow)
    app.add_exception_handler(NotAllowedError, _not_allowed)
    app.add_exception_handler(SignInNeededError, _sign_in_needed)
    app.add_exception_handler(SignInFailedError, _sign_in_failed)
    app.add_exception_handler(ProviderError, _provider)


class Unexpected:
    """The layer that answers for what nobody foresaw: a page, and a line in the log.

    The line names the failure's class and place. Its text may quote data and is kept nowhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer it when that fails."""
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets a page
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}, line {last.lineno}"
            _logger.error(  # noqa: TRY400 - the traceback may quote data
                "A page failed unexpectedly: %s at %s", type(error).__name__, place
            )
            if started:  # half an answer must not pass for a whole one
                raise RuntimeError("an answer was cut off") from None
            request = Request(scope, receive)
            answer = _failure(
                request,
                500,
                N_("That did not work"),
                EngagementError(
                    N_("The app failed unexpectedly; the results are unharmed."),
                    remedy=N_("Its log says where."),
                ),
            )
            await answer(scope, receive, send)


def translated(reader: Language, error: EngagementError) -> EngagementError:
    """Return a failure whose parts are in the reader's language, where they can be."""
    return EngagementError(
        reader.gettext(error.what),
        where=error.where,
        remedy=None if error.remedy is None else reader.gettext(error.remedy),
    )


def _failure(
    request: Request,
    status: int,
    title: str,
    error: EngagementError,
    template: str = "failure.html",
    **context: Any,
) -> Response:
    reader = language.of(request)
    shown = translated(reader, error)
    _remember_viewer(request)
    if _wants_json(request):
        return JSONResponse(shown.as_dict(), status, {"Vary": "Accept"})
    return page(request, template, status, title=reader.gettext(title), error=shown, **context)


def _remember_viewer(request: Request) -> None:
    """Find out who looks, also where no guard did: whoever is signed in keeps the navigation."""
    if getattr(request.state, "viewer", None) is None:
        with contextlib.suppress(SignInNeededError, NotAllowedError):
            request.state.viewer = request.app.state.sign_in.viewer(request)


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotFoundError)  # noqa: S101 - registered for it
    return _failure(request, 404, N_("Not found"), error)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if error.status_code == 404:
        unknown = EngagementError(
            N_("There is no such page."), remedy=N_("Look for a customer above.")
        )
        return _failure(request, 404, N_("Not found"), unknown)
    refused = EngagementError(N_("The app cannot do that."))
    return _failure(request, error.status_code, N_("That did not work"), refused)


def _wrong_request(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework gives both
    return _failure(
        request,
        400,
        N_("That did not work"),
        EngagementError(
            N_("The address of this page has a value that makes no sense."),
            remedy=N_("Start from the overview."),
        ),
    )


def _nothing_published(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework gives both
    return _failure(
        request,
        503,
        N_("No results yet"),
        EngagementError(
            N_("Nothing has been published yet: the first run has not finished."),
            remedy=N_("Runs start by themselves while the Dagster UI is up."),
        ),
        "nothing_published.html",
    )


def _unreadable(request: Request, error: Exception) -> Response:
    _logger.error("%s", error)
    return _failure(
        request,
        503,
        N_("The results cannot be read"),
        EngagementError(
            N_("What is published cannot be opened."),
            remedy=N_("The app's log says why; a new run mends it."),
        ),
    )


def _too_slow(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework gives both
    return _failure(
        request,
        503,
        N_("That took too long"),
        EngagementError(
            N_("The question was stopped."),
            remedy=N_("Ask for less, or try again in a minute."),
        ),
    )


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowedError)  # noqa: S101 - registered for it
    return _failure(
        request,
        403,
        N_("You may not see this"),
        EngagementError(
            N_("Your role does not include this page."),
            remedy=N_("Ask your administrator to assign you a role that does, then sign in again."),
        ),
        "not_allowed.html",
        needed=error.needed,
    )


def _sign_in_needed(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework gives both
    if "HX-Request" in request.headers:
        # the script loads the whole page again, which then goes the way of every page
        return PlainTextResponse("", 401, {"HX-Refresh": "true"})
    if request.method != "GET" or is_framed(request) or _wants_json(request):
        # a form cannot be sent again later; a provider refuses to be shown in a frame
        response = _failure(
            request,
            401,
            N_("Sign in to see this"),
            EngagementError(
                N_("Nobody is signed in."),
                remedy=N_("Use a new window to sign in, then come back here."),
            ),
            "sign_in_needed.html",
        )
        origin = request.headers.get("origin", "")
        inactive = request.headers.get("sec-fetch-storage-access") == "inactive"
        if inactive and origin in settings_of(request).frame_origins:
            # the reader allowed our cookie in this frame before: the browser may ask again with it
            response.headers["Activate-Storage-Access"] = f'retry; allowed-origin="{origin}"'
        return response
    path = request.scope["raw_path"].decode("ascii")
    query = request.scope["query_string"].decode("latin-1")
    wanted = path + (f"?{query}" if query else "")
    return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)


def _sign_in_failed(request: Request, error: Exception) -> Response:
    _logger.warning("%s", error)
    return _failure(
        request,
        400,
        N_("You could not be signed in"),
        EngagementError(
            N_(
                "The answer of the sign-in service could not be used, or was meant for another "
                "attempt. Nobody is signed in."
            ),
            remedy=N_(
                "Try once more. If it happens again, tell your administrator; the app's log says "
                "more."
            ),
        ),
        "sign_in_failed.html",
    )


def _provider(request: Request, error: Exception) -> Response:
    _logger.error("%s", error)
    return _failure(
        request,
        502,
        N_("Nobody can sign in now"),
        EngagementError(
            N_("The sign-in service does not answer."), remedy=N_("Try again in a few minutes.")
        ),
    )
