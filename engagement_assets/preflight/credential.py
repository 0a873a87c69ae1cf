"""The credential in the environment: whether it is there, whole, private, and how long it lasts."""

import stat
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from engagement_assets.errors import ConfigurationError
from engagement_assets.microsoft365.sign_in import (
    CERTIFICATE_VARIABLE,
    SECRET_VARIABLE,
    Credential,
)
from engagement_assets.preflight.check import Check, error, failed, ok, warning

SUBJECT = "Credential"

# time enough to make a new certificate and have it uploaded by somebody who is on holiday
SOON = timedelta(days=30)


def inspect(
    environment: Mapping[str, str], now: datetime | None = None
) -> tuple[Credential | None, Check]:
    """Look at the credential; return it too, when it can be used.

    Args:
        environment: the process's environment.
        now: the present moment, by default the clock's.
    """
    try:
        credential = Credential.from_environment(environment)
    except ConfigurationError as failure:
        return None, failed(SUBJECT, failure)
    if credential.kind == "certificate":
        file = Path(environment[CERTIFICATE_VARIABLE].strip()).expanduser()
        check = _certificate(file, now or datetime.now(UTC))
        return (None if check.level == "error" else credential), check
    return credential, ok(
        SUBJECT,
        f"A secret, in {SECRET_VARIABLE}. An app cannot see when it expires: note the day. A "
        "certificate is safer.",
    )


def _certificate(file: Path, now: datetime) -> Check:
    content = file.read_bytes()
    try:
        certificate = x509.load_pem_x509_certificates(content)[0]
        key = load_pem_private_key(content, password=None)
    except ValueError:
        return _unusable(f"{file} holds a key or a certificate that cannot be read.")
    end = certificate.not_valid_after_utc
    if _public(key.public_key()) != _public(certificate.public_key()):
        return _unusable(f"{file} holds a key and a certificate that do not belong together.")
    if not certificate.not_valid_before_utc <= now < end:
        return _unusable(
            f"The certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} to "
            f"{end:%Y-%m-%d %H:%M} UTC, so not now."
        )
    found = f"A certificate, in {CERTIFICATE_VARIABLE}, valid until {end:%Y-%m-%d}."
    if end - now < SOON:
        return warning(
            SUBJECT,
            found,
            "Make a new one soon, upload it to the app registration beside the old one, then "
            "change the file.",
        )
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return warning(
            SUBJECT, f"{found} Other users of this machine may read it.", f"chmod 600 {file}"
        )
    return ok(SUBJECT, found)


def _unusable(found: str) -> Check:
    return error(
        SUBJECT,
        found,
        "Make a key with a certificate, upload the certificate to the app registration, and name "
        f"the PEM file with both in {CERTIFICATE_VARIABLE}.",
        ConfigurationError,
    )


def _public(key: object) -> bytes:
    encoded: bytes = key.public_bytes(  # type: ignore[attr-defined] # every kind of key has it
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return encoded
