"""The application in the tenant: what it is, what it was granted, and the tokens it holds.

Belongs here: the state that consent changes. Does not: HTTP (`entra`).
"""

import base64
import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import uuid4

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

NEEDED_ROLES = (
    "Mail.ReadBasic.All",
    "Calendars.ReadBasic.All",
    "User.Read.All",
    "GroupMember.Read.All",
)
"""What the application's registration asks for."""

CLIENT_ID = "5e11a7e5-0000-4000-8000-00000000c11e"
_KNOWN_TOKENS = 1_000


class TokenError(Exception):
    """A token that Graph does not accept; the text says why."""


@dataclass
class Registration:
    """An application, and its service principal in the tenant.

    Attributes:
        exists: whether the application was ever registered anywhere.
        principal: whether the tenant knows it: consent makes the principal.
        granted: the application permissions that an administrator granted.
        mail_scope, calendar_scope: user ids that Exchange's RBAC lets it read without a role.
        denied: user ids whose mailboxes an access policy keeps from it.
        token_life: seconds; 60 to 90 minutes in life.
        reply_address: where the older consent page leads; an app without sign-ins needs none.
    """

    tenant_id: str
    client_id: str = CLIENT_ID
    secret: str = ""
    certificate: bytes = b""
    requested: tuple[str, ...] = NEEDED_ROLES
    exists: bool = True
    principal: bool = True
    disabled: bool = False
    secret_expired: bool = False
    granted: set[str] = field(default_factory=set)
    mail_scope: set[str] = field(default_factory=set)
    calendar_scope: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    token_life: int = 3_599
    reply_address: str = ""
    tokens_issued: int = 0
    _key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False
    )
    _revoked: set[str] = field(default_factory=set, repr=False)
    _issued: list[str] = field(default_factory=list, repr=False)
    _checked: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def grant(self, roles: Iterable[str]) -> None:
        """An administrator consents: the principal exists, with these permissions more."""
        with self._lock:
            self.principal = True
            self.granted |= set(roles)

    def withdraw(self, roles: Iterable[str] | None = None) -> None:
        """Takes permissions away, all of them by default; tokens in hand keep theirs."""
        with self._lock:
            self.granted -= set(self.granted if roles is None else roles)

    def issue(self, audience: str, issuer: str) -> str:
        """A new access token with the permissions of this moment; none, no `roles` claim."""
        now = int(time.time())
        identifier = str(uuid4())
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": issuer,
            "iat": now,
            "nbf": now - 60,
            "exp": now + self.token_life,
            "appid": self.client_id,
            "idtyp": "app",
            "tid": self.tenant_id,
            "jti": identifier,
            "ver": "1.0",
        }
        with self._lock:
            self.tokens_issued += 1
            self._issued.append(identifier)
            if self.granted:
                claims["roles"] = sorted(self.granted)
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": "simulator"})

    def claims_of(self, token: str) -> dict[str, Any]:
        """The claims of a token that is good at this moment; raises `TokenError`."""
        with self._lock:
            claims = self._checked.get(token)
        if claims is None:
            claims = self._verified(token)
        if claims["exp"] <= time.time():
            raise TokenError("Lifetime validation failed, the token is expired.")
        if claims["jti"] in self._revoked:
            raise TokenError("Access token has expired or is not yet valid.")
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        options: Any = {"verify_aud": False, "verify_exp": False}
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key.public_key(), algorithms=["ES256"], options=options
            )
        except jwt.PyJWTError as error:
            raise TokenError("CompactToken parsing failed with error code: 80049217") from error
        with self._lock:
            if len(self._checked) >= _KNOWN_TOKENS:
                self._checked.clear()
            self._checked[token] = claims
        return claims

    def revoke(self, identifier: str) -> None:
        """Makes a token invalid before its time."""
        with self._lock:
            self._revoked.add(identifier)

    def revoke_all(self) -> None:
        """Makes every token that was issued so far invalid."""
        with self._lock:
            self._revoked.update(self._issued)

    def accepts_assertion(self, assertion: str) -> bool:
        """Whether a client assertion was signed with the registered certificate."""
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate)
            header = jwt.get_unverified_header(assertion)
            key: Any = certificate.public_key()
            options: Any = {"verify_aud": False, "require": ["exp", "iss", "sub", "aud"]}
            claims = jwt.decode(assertion, key, algorithms=["PS256", "RS256"], options=options)
        except (ValueError, jwt.PyJWTError):
            return False
        der = certificate.public_bytes(Encoding.DER)
        thumbprints = {
            "x5t#S256": certificate.fingerprint(hashes.SHA256()),
            "x5t": hashlib.sha1(der, usedforsecurity=False).digest(),
        }
        shown = [
            name
            for name, digest in thumbprints.items()
            if str(header.get(name, "")).rstrip("=") == _text(digest)
        ]
        return bool(shown) and claims["iss"] == claims["sub"] == self.client_id


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
