"""Pages from templates, with what every template may use."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import QueryParams

from engagement_assets.results import language as languages
from engagement_assets.results.language import Language
from engagement_assets.results.roles import Role
from engagement_assets.results.settings import AppSettings

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"


def environments(known: Mapping[str, Language]) -> dict[str, Environment]:
    """Return the templates once per language."""
    return {code: _environment(language) for code, language in known.items()}


def page(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Make a page.

    Args:
        request: who asked for what.
        name: the template.
        status: the HTTP status.
        context: what the template shows.
    """
    settings = settings_of(request)
    code = languages.chosen(request)
    template = request.app.state.templates[code].get_template(name)
    text = template.render(
        request=request,
        settings=settings,
        viewer=getattr(request.state, "viewer", None),
        # the parameter is for browsers that do not say so, and for trying
        framed=is_framed(request) or request.query_params.get("embed") == "1",
        here=lambda **changes: here(request, **changes),
        **context,
    )
    response = HTMLResponse(
        text, status, {"Content-Language": code, "Vary": "Accept-Language, Cookie, Sec-Fetch-Dest"}
    )
    if request.query_params.get(languages.PARAMETER) in languages.NAMES:
        response.set_cookie(languages.COOKIE, code, max_age=31_536_000, **settings.cookie)
    return response


def settings_of(request: Request) -> AppSettings:
    """Return what the app was started with."""
    settings: AppSettings = request.app.state.settings
    return settings


def is_framed(request: Request) -> bool:
    """Tell whether a browser asks for a page to show it in a frame."""
    return request.headers.get("sec-fetch-dest") in {"iframe", "frame"}


def customer_url(customer_id: str) -> str:
    """Return the address of an account's card, whatever its id holds."""
    return f"/customers/{quote(customer_id, safe='')}"


def here(request: Request, **changes: object) -> str:
    """Return the address of this page with other parameters; None removes one."""
    # not url.path, which is quoted already: an id with a question mark in it would be quoted twice
    return address(request.scope["path"], request.query_params, **changes)


def address(path: str, parameters: QueryParams, **changes: object) -> str:
    """Return a path with parameters, some of them changed."""
    kept = [(name, value) for name, value in parameters.multi_items() if name not in changes]
    kept += [(name, str(value)) for name, value in changes.items() if value is not None]
    return quote(path) + (f"?{urlencode(kept)}" if kept else "")


def static(file: str) -> str:
    """Return the address of a static file, which changes whenever the file does."""
    return f"/static/{file}?{_VERSIONS[file]}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


_VERSIONS = {
    str(path.relative_to(STATIC)): _digest(path) for path in STATIC.rglob("*") if path.is_file()
}


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined] # of the extension
        language.gettext, language.ngettext, newstyle=True
    )
    environment.globals.update(
        language=language,
        languages=languages.NAMES,
        customer_url=customer_url,
        static=static,
        Role=Role,
    )
    for name in ("number", "score", "percent", "day", "moment", "minutes", "change", "tick"):
        environment.filters[name] = getattr(language, name)
    return environment
