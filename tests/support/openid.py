"""An OpenID provider on this machine: HTTPS, real signatures, and mistakes on demand.

It approves of everybody at once, as a provider does that knows the browser already.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import trustme
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

CLIENT_ID = "results-app"
CLIENT_SECRET = "a secret of the results app"  # noqa: S105 - of a provider that lives for a test
SESSION_KEY = "k" * 32


@dataclass
class Provider:
    """The provider.

    Attributes:
        issuer: its address.
        authority: a file with the certificate authority to trust.
        roles: the claim `roles` of whoever signs in next; None leaves it out.
        fault: what goes wrong in the next sign-ins; empty for nothing.
        asked: the parameters of the last visit to its sign-in page.
    """

    issuer: str
    authority: Path
    roles: object = None
    fault: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    other_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))

    def claims(self, asked: dict[str, str]) -> dict[str, Any]:
        """Return what the ID token says."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "0a1b",
            "name": "Ada <Admin>",
            "iat": now,
            "exp": now + 3600,
            "nonce": asked["nonce"],
        }
        if self.roles is not None:
            claims["roles"] = self.roles
        wrong: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"},
            "issuer": {"iss": "https://elsewhere.example"},
            "audience": {"aud": "another-app"},
            "audience with azp": {"aud": "another-app", "azp": CLIENT_ID},
            "expiry": {"iat": now - 9000, "exp": now - 5400},
        }
        return claims | wrong.get(self.fault, {})

    def token(self, asked: dict[str, str]) -> str:
        """Return a signed ID token, or one with a fault in its signature."""
        claims = self.claims(asked)
        if self.fault == "no signature":
            header = {"alg": "none"}
            return jwt.encode(header, claims, self.key, registry=JWSRegistry(algorithms=["none"]))
        if self.fault == "public key as secret":
            return _signed_with(self.key.as_pem(private=False), claims)
        key = self.other_key if self.fault == "signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


def _signed_with(secret: bytes, claims: dict[str, Any]) -> str:
    """Return what somebody makes who knows only what is public; joserfc refuses to do it."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "1"}, claims)]
    signed = b".".join(_unpadded(part) for part in parts)
    return (signed + b"." + _unpadded(hmac.digest(secret, signed, "sha256"))).decode()


def _unpadded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _app(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def configuration() -> dict[str, Any]:
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        provider.asked = asked
        code = secrets.token_urlsafe()
        provider.codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        if provider.fault == "state":
            answer["state"] = "another"
        if provider.fault == "refused":
            answer = {"error": "access_denied", "state": asked["state"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    @app.post("/token")
    def token(request: Request, code: str = Form(), code_verifier: str = Form()) -> Response:
        asked = provider.codes.pop(code, None)  # a code holds once
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(code_verifier.encode()).digest()
        challenge = _unpadded(digest).decode()
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {expected}"
            or asked["code_challenge"] != challenge
            or asked["code_challenge_method"] != "S256"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = {"access_token": "unused", "token_type": "Bearer", "expires_in": 3600}
        if provider.fault != "no ID token":
            answer["id_token"] = provider.token(asked)
        return JSONResponse(answer)

    return app


@dataclass(frozen=True)
class Certificates:
    """A certificate authority made for a test, and a certificate of this machine's names."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority, to trust."""
        return self.folder / "authority.pem"

    @property
    def server(self) -> Path:
        """Certificate and key of the server."""
        return self.folder / "server.pem"

    @classmethod
    def made(cls, folder: Path, *names: str) -> "Certificates":
        """Make them in a folder."""
        authority = trustme.CA()
        made = cls(folder)
        authority.cert_pem.write_to_path(str(made.authority))
        issued = authority.issue_cert("localhost", "127.0.0.1", *names)
        issued.private_key_and_cert_chain_pem.write_to_path(str(made.server))
        return made


@contextlib.contextmanager
def running(certificates: Certificates) -> Iterator[Provider]:
    """Run the provider at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        issuer = f"https://localhost:{listening.getsockname()[1]}"
        provider = Provider(issuer, certificates.authority)
        config = uvicorn.Config(
            _app(provider), log_level="error", ssl_certfile=str(certificates.server)
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join()


def trusting_file(authority: Path) -> ssl.SSLContext:
    """Return what a client needs to trust an authority."""
    return ssl.create_default_context(cafile=str(authority))
