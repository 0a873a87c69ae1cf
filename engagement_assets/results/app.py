"""The app: routers, guards, the layers around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware

from engagement_assets.results import failures, security, templating
from engagement_assets.results.language import NAMES, Language
from engagement_assets.results.pages import (
    customers,
    data,
    measures,
    overview,
    rules,
    segments,
    sign_in,
)
from engagement_assets.results.roles import Require, Role
from engagement_assets.results.settings import AppSettings
from engagement_assets.results.sign_in import (
    SESSION_COOKIE,
    SESSION_SECONDS,
    NoSignIn,
    OpenIdSignIn,
)
from engagement_assets.results.snapshot import Snapshots

PAGES: tuple[APIRouter, ...] = (
    overview.router,
    customers.router,
    segments.router,
    measures.router,
    rules.router,
    data.router,
)


def create_app(settings: AppSettings) -> FastAPI:
    """Make the app.

    Args:
        settings: what it is started with.
    """
    snapshots = Snapshots(settings.published)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001 - the framework gives it
        yield
        snapshots.close()

    app = FastAPI(
        title="engagement results",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings = settings
    app.state.snapshots = snapshots
    app.state.languages = {code: Language(code, settings.time_zone) for code in NAMES}
    app.state.templates = templating.environments(app.state.languages)
    app.state.sign_in = NoSignIn()
    if settings.sign_in is not None and settings.public_url is not None:
        app.state.sign_in = OpenIdSignIn(settings.sign_in, settings.public_url)
        app.include_router(sign_in.router)
    for router in PAGES:
        # a page that asks for a higher role does so itself; none can forget the lowest
        app.include_router(router, dependencies=[Depends(Require(Role.VIEWER))])
    app.add_api_route(security.HEALTH, _health, methods=["GET"])
    app.mount("/static", StaticFiles(directory=templating.STATIC))
    failures.register(app)
    app.add_middleware(failures.Unexpected)
    # pages hold no secret that a guess beside it could be compressed against
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    if settings.sign_in is not None:
        app.add_middleware(
            SessionMiddleware,
            secret_key=settings.sign_in.session_key,
            session_cookie=SESSION_COOKIE,
            max_age=SESSION_SECONDS,
            same_site=settings.cookie["samesite"],
            https_only=settings.cookie["secure"],
        )
    # added last, so that every request meets it first
    app.add_middleware(security.Gate, settings=settings)
    return app


def _health() -> PlainTextResponse:
    """Tell a load balancer that the app is up, and nothing else."""
    return PlainTextResponse("ok\n")
