"""Signing in as the application: MSAL client credentials.

A secret or a certificate comes from the environment only, and leaves this module only in MSAL's
request for a token: no repr, log or exception holds it.
"""

import os
import re
import threading
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msal
import orjson
import requests

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import ConfigurationError, ConsentError, EngagementError
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.transport import LoginSession

SECRET_VARIABLE = "ENGAGEMENT_CLIENT_SECRET"  # noqa: S105 - where the secret is, not the secret
CERTIFICATE_VARIABLE = "ENGAGEMENT_CLIENT_CERTIFICATE"

_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----", re.DOTALL
)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_CODE = re.compile(r"AADSTS(\d+)")

# The tenant does not know the app, or no longer has its service principal: nobody consented.
_NO_CONSENT = frozenset({700016, 7000229})

# Microsoft's list of codes after which the same request may succeed
_TRANSIENT = frozenset({90012, 90024, 90033, 90090})

# Codes and texts may change (Microsoft says so): they choose words here, and nothing else.
# What happened, and what to do.
_WRONG_CERTIFICATE = (
    "the certificate is not accepted",
    f"Upload the certificate of {CERTIFICATE_VARIABLE} to the app registration.",
)
_WRONG_GRAPH = (
    "Microsoft Graph is not known there",
    "source.cloud names another cloud than the tenant's. Correct it.",
)
_WRONG_TENANT = ("there is no tenant {tenant}", "Correct source.tenant_id.")
_WRONG_CLOUD = ("the tenant lives in another national cloud", "Correct source.cloud.")
_BLOCKED = (
    "a Conditional Access policy blocks the app",
    "An administrator has to allow it.",
)
_BUSY = ("Microsoft's sign-in is busy", "Try again later.")
_MEANINGS: Mapping[int, tuple[str, str]] = {
    700016: (
        "the tenant does not know the app {client}",
        "An administrator has not consented yet, or source.tenant_id or source.client_id is wrong.",
    ),
    7000229: (
        "the app {client} is missing in the tenant: never consented to, or deleted since",
        "An administrator has to consent again.",
    ),
    7000215: (
        "the secret is wrong",
        f"{SECRET_VARIABLE} must hold the secret's value, not its id.",
    ),
    7000222: (
        "the secret has expired",
        f"Make a new one and put its value in {SECRET_VARIABLE}.",
    ),
    700027: _WRONG_CERTIFICATE,
    50012: _WRONG_CERTIFICATE,
    7000112: (
        "the app {client} is disabled in the tenant",
        "An administrator has to enable it.",
    ),
    500011: _WRONG_GRAPH,
    70011: _WRONG_GRAPH,
    90002: _WRONG_TENANT,
    900023: _WRONG_TENANT,
    90038: _WRONG_CLOUD,
    900382: _WRONG_CLOUD,
    53003: _BLOCKED,
    530032: _BLOCKED,
    9001023: (
        "{tenant} is not a tenant",
        "source.tenant_id must be the tenant's id or one of its domains.",
    ),
    90024: _BUSY,
    90033: _BUSY,
    90012: _BUSY,
    90090: _BUSY,
}


class SignInError(EngagementError):
    """No token: the credentials, the tenant, or the way there.

    Attributes:
        code: AADSTS code; None when there was none.
        transient: whether the same request may succeed a little later.
    """

    def __init__(
        self,
        problem: str,
        *,
        code: int | None = None,
        transient: bool = False,
        remedy: str | None = None,
    ) -> None:
        self.code = code
        self.transient = transient
        super().__init__(_failed(problem), remedy=remedy)


class Credential:
    """A secret, or a private key with its certificate. It never shows what it holds."""

    __slots__ = ("_value", "kind")

    def __init__(self, kind: str, value: str | dict[str, str]) -> None:
        self.kind = kind
        self._value = value

    def __repr__(self) -> str:
        return f"<Credential: {self.kind}>"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a credential is not written anywhere")

    def for_msal(self) -> str | dict[str, str]:
        """Return what MSAL takes."""
        return self._value

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Credential":
        """Take the certificate when there is one, else the secret.

        Raises:
            ConfigurationError: when there is neither, or the file is not a PEM file with a private
                key and a certificate.
        """
        if file := environment.get(CERTIFICATE_VARIABLE, "").strip():
            return cls("certificate", _certificate(Path(file)))
        if secret := environment.get(SECRET_VARIABLE, "").strip():
            return cls("secret", secret)
        raise ConfigurationError(
            "Microsoft 365 needs a credential.",
            remedy=f"Set {CERTIFICATE_VARIABLE} to the path of a PEM file with private key and "
            f"certificate, or {SECRET_VARIABLE} to the secret's value.",
        )


def _certificate(file: Path) -> dict[str, str]:
    try:
        text = file.expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be read: {error.strerror}", where=f"{CERTIFICATE_VARIABLE}: {file}"
        ) from None
    except UnicodeDecodeError:
        text = ""
    key, certificates = _PRIVATE_KEY.search(text), _CERTIFICATE.findall(text)
    if not key or not certificates:
        raise ConfigurationError(
            "it must be a PEM file that holds a private key and its certificate",
            where=f"{CERTIFICATE_VARIABLE}: {file}",
        )
    if "ENCRYPTED" in key.group(0):
        raise ConfigurationError(
            "the private key is protected by a passphrase",
            where=f"{CERTIFICATE_VARIABLE}: {file}",
            remedy="Store it without one, readable for this user only.",
        )
    return {"private_key": key.group(0), "public_certificate": "\n".join(certificates)}


class SignIn:
    """Tokens of one app in one tenant. Threads may share it."""

    def __init__(self, settings: GraphSettings, credential: Credential) -> None:
        self._settings = settings
        self._credential = credential
        self._endpoints = Endpoints.of(settings)
        self._lock = threading.Lock()
        self._app: msal.ConfidentialClientApplication | None = None
        self._refusal: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<SignIn: app {self._settings.client_id}, {self._credential.kind}>"

    def token(self) -> str:
        """Return a token that is valid now: MSAL's cached one, or a new one near its end.

        Raises:
            ConsentError: when the tenant does not know the app.
            SignInError: for every other reason.
        """
        with self._lock:
            return self._token()

    def renew(self, refused: str) -> None:
        """Drop a token that Graph refused, unless another thread has done so already."""
        with self._lock:
            if self._app is not None and self._token() == refused:
                self._app = None

    def forget(self) -> None:
        """Drop every cached token: after a new grant, the old ones still lack the role."""
        with self._lock:
            self._app = None

    def roles(self) -> frozenset[str]:
        """Return the application permissions that the token names.

        For diagnosis only: Microsoft asks clients not to rely on what is inside a token. None
        when it cannot be read.
        """
        parts = self.token().split(".")
        try:
            claims = orjson.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
            roles = claims.get("roles", [])
        except (ValueError, LookupError, AttributeError):
            return frozenset()
        return frozenset(role for role in roles if isinstance(role, str))

    def _token(self) -> str:
        # nothing is raised inside an `except` block: what MSAL and requests raise holds URLs and
        # bodies, and would stay in sight as the context of our own exception
        self._refusal = {}
        problem: EngagementError | None = None
        answer: Any = None
        try:
            if self._app is None:
                self._app = self._application()
            answer = self._app.acquire_token_for_client(scopes=[self._endpoints.scope])
        except requests.RequestException as error:
            what, remedy = _cause(error)
            problem = SignInError(what, transient=_is_transient(error), remedy=remedy)
        except Exception as error:  # noqa: BLE001 - MSAL and below raise whatever comes
            problem = self._explain(self._refusal) or self._unreadable(error)
        if problem is None and isinstance(answer, dict) and "access_token" in answer:
            return str(answer["access_token"])
        # MSAL keeps answering from its memory of a failure for a minute; a new object does not
        self._app = None
        raise problem or self._explain(answer) or SignInError("the answer holds no token")

    def _application(self) -> msal.ConfidentialClientApplication:
        return msal.ConfidentialClientApplication(
            self._settings.client_id,
            authority=self._endpoints.authority,
            client_credential=self._credential.for_msal(),
            http_client=LoginSession(self._endpoints, self._note_refusal),
            instance_discovery=None if self._endpoints.is_microsoft_login else False,
        )

    def _note_refusal(self, body: dict[str, Any]) -> None:
        # no more than the code: the rest of the text is the server's, whatever it quotes
        self._refusal = {"error": body.get("error"), "error_codes": [_code(body)]}

    def _explain(self, answer: object) -> EngagementError | None:
        """Say what an answer means; None when it is not an error."""
        if not isinstance(answer, dict) or "error" not in answer:
            return None
        code = _code(answer)
        meaning = _MEANINGS.get(code or 0)
        if meaning is None:
            error = re.sub(r"[^a-z_]", "", str(answer["error"]))[:40]
            what = f"AADSTS{code}" if code else error
            page = "https://login.microsoftonline.com/error" + (f"?code={code}" if code else "")
            remedy = f"Its meaning: {page}"
        else:
            what, remedy = meaning
            what = what.format(client=self._settings.client_id, tenant=self._settings.tenant_id)
            what += f" (AADSTS{code})"
        if code in _NO_CONSENT:
            return ConsentError(_failed(what), remedy=remedy)
        transient = code in _TRANSIENT or answer["error"] == "temporarily_unavailable"
        return SignInError(what, code=code, transient=transient, remedy=remedy)

    def _unreadable(self, error: Exception) -> SignInError:
        """Explain a failure before or without an answer; its own text may quote the key."""
        if self._credential.kind == "certificate":
            return SignInError(
                f"the key or certificate of {CERTIFICATE_VARIABLE} cannot be used "
                f"({type(error).__name__}), or {self._endpoints.authority} is not a tenant"
            )
        return SignInError(
            f"{self._endpoints.authority} does not answer as a tenant does ({type(error).__name__})"
        )


def _failed(problem: str) -> str:
    return f"Sign-in to Microsoft 365 failed: {problem}."


def _code(answer: Mapping[str, Any]) -> int | None:
    codes = answer.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int):
        return codes[0]
    found = _CODE.search(str(answer.get("error_description", "")))
    return int(found.group(1)) if found else None


def _cause(error: requests.RequestException) -> tuple[str, str | None]:
    """Return what went wrong, and what to do."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return (
            "its TLS certificate is not trusted",
            "Name the authority's PEM file in source.ca_bundle.",
        )
    return f"no answer ({type(error).__name__})", None


def _is_transient(error: requests.RequestException) -> bool:
    if error.response is not None:
        return error.response.status_code == 429 or error.response.status_code >= 500
    return "CERTIFICATE_VERIFY_FAILED" not in str(error)
