"""Signing in and out. These pages need nobody to be signed in; they show no results."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from engagement_assets.results.sign_in import CALLBACK, OpenIdSignIn
from engagement_assets.results.templating import page

router = APIRouter()


@router.get("/login")
async def login(request: Request, account: str = "") -> Response:
    """Send somebody to the provider, and from there to the page `next`."""
    return await _sign_in(request).begin(
        request, request.query_params.get("next", "/"), other_account=account == "other"
    )


@router.get(CALLBACK)
async def callback(request: Request) -> Response:
    """Take somebody back from the provider."""
    return await _sign_in(request).finish(request)


@router.get("/login/done")
def done(request: Request, step: str = "") -> Response:
    """End a sign-in that was begun in a window of its own, from a frame.

    In two steps, because browsers that hold cookies of frames back let only those sites ask for
    them that somebody clicked on in a window.
    """
    return page(request, "signed_in.html", closing=step == "2")


@router.post("/logout")
def logout(request: Request) -> Response:
    """Forget who is signed in."""
    request.session.clear()
    return RedirectResponse("/signed-out", 303)


@router.get("/signed-out")
def signed_out(request: Request) -> Response:
    """Say what signing out means."""
    return page(request, "signed_out.html")


def _sign_in(request: Request) -> OpenIdSignIn:
    sign_in: OpenIdSignIn = request.app.state.sign_in
    return sign_in
