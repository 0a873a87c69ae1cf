"""Who looks: everybody at this machine, or whoever the OpenID provider says."""

import re
import time
import warnings
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from joserfc.errors import JoseError

from engagement_assets.errors import EngagementError
from engagement_assets.results.roles import NotAllowedError, Role, SignInNeededError, Viewer
from engagement_assets.results.settings import OpenIdSettings

with warnings.catch_warnings():
    # it would rather have a newer httpx, which is nothing that whoever starts the app can change
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.starlette_client import OAuth

# A role that was taken away lasts at most as long; signing in again goes unseen while the provider
# knows the browser. It is also how long Entra's own ID tokens hold.
SESSION_SECONDS = 3600
SESSION_COOKIE = "__Host-session"  # browsers take it over HTTPS and from this host only
CALLBACK = "/login/callback"

_TIMEOUT_SECONDS = 10.0
_VIEWER = "viewer"
_NEXT = "next"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")
# a path on this host: not //host, not /\host, no control characters
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


class SignInFailedError(EngagementError):
    """The provider did not vouch for anybody, or what it said cannot be trusted."""


class ProviderError(EngagementError):
    """The provider cannot be reached, or makes no sense."""


class NoSignIn:
    """Local mode: whoever reaches the app is at this machine, which has everything anyway."""

    def viewer(self, request: Request) -> Viewer:  # noqa: ARG002 - whoever asks, it is the same one
        """Return an administrator without a name."""
        return Viewer("", Role.ADMINISTRATOR)


class OpenIdSignIn:
    """Sign-in with OpenID Connect: authorization code, PKCE, state and nonce, by Authlib.

    Args:
        settings: the provider, and what it knows the app as.
        public_url: where people find the app.
    """

    def __init__(self, settings: OpenIdSettings, public_url: str) -> None:
        self._claims = {
            "iss": {"essential": True, "value": settings.issuer},
            # Authlib alone would take a token for somebody else that names us as its `azp`
            "aud": {"essential": True, "value": settings.client_id},
        }
        self._callback = public_url + CALLBACK
        self._client = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_SECONDS,
            },
        )

    def viewer(self, request: Request) -> Viewer:
        """Return who signed in.

        Raises:
            SignInNeededError: when nobody did, or too long ago.
            NotAllowedError: when they have no role.
        """
        signed_in = request.session.get(_VIEWER)
        if signed_in is None or signed_in["until"] < time.time():
            raise SignInNeededError
        if signed_in["role"] is None:
            raise NotAllowedError(None)
        return Viewer(signed_in["name"], Role[signed_in["role"]])

    async def begin(self, request: Request, wanted: str, *, other_account: bool) -> Response:
        """Send somebody to the provider.

        Args:
            request: the request.
            wanted: the page to come back to.
            other_account: whether the provider is to ask which account.

        Raises:
            ProviderError: when it cannot be reached.
        """
        request.session[_NEXT] = own_path(wanted)
        extra = {"prompt": "select_account"} if other_account else {}
        try:
            response: Response = await self._client.authorize_redirect(
                request, self._callback, **extra
            )
        except (httpx.HTTPError, ValueError, RuntimeError) as error:
            raise _unreachable(error) from None
        return response

    async def finish(self, request: Request) -> Response:
        """Take somebody back from the provider, and send them to the page they wanted.

        Raises:
            SignInFailedError: when the provider's answer is not what it must be.
            ProviderError: when it cannot be reached.
        """
        try:
            token = await self._client.authorize_access_token(request, claims_options=self._claims)
        except OAuthError as error:
            # anybody can write it into the address, and it ends in the log
            code = error.error if _ERROR_CODE.fullmatch(error.error or "") else "unknown error"
            raise SignInFailedError(f"The sign-in failed: {code}.") from None
        except (JoseError, ValueError, KeyError) as error:
            name = type(error).__name__
            raise SignInFailedError(f"The provider's answer is not valid: {name}.") from None
        except (httpx.HTTPError, RuntimeError) as error:
            raise _unreachable(error) from None
        claims = token.get("userinfo")
        if claims is None:
            raise SignInFailedError("The provider's answer is not valid: no ID token.")
        wanted = own_path(request.session.get(_NEXT, "/"))
        request.session.clear()  # nothing of before the sign-in is worth keeping
        role = role_of(claims)
        request.session[_VIEWER] = {
            "name": _name(claims),
            "role": role.name if role else None,
            "until": int(time.time()) + SESSION_SECONDS,
        }
        return RedirectResponse(wanted, 303)


def role_of(claims: Mapping[str, Any]) -> Role | None:
    """Return the highest role that the claim `roles` (Entra's app roles) names; None without."""
    named = claims.get("roles")
    known = {role.name.lower(): role for role in Role}
    listed = named if isinstance(named, list) else [named]
    found = [known[name] for name in listed if isinstance(name, str) and name in known]
    return max(found, default=None)


def own_path(wanted: str) -> str:
    """Return a page of this app that somebody asked for; the overview if it is none."""
    return wanted if _OWN_PATH.fullmatch(wanted) else "/"


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "sub"):
        if isinstance(claims.get(claim), str) and claims[claim]:
            return str(claims[claim])[:100]
    return ""


def _unreachable(error: Exception) -> ProviderError:
    return ProviderError(
        "The sign-in provider cannot be reached, or its answer makes no sense "
        f"({type(error).__name__}).",
        remedy="Check results.sign_in.issuer and this machine's network.",
    )
