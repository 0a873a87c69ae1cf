"""The credential: there, whole, private, and good for a while; and it shows itself nowhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engagement_assets.preflight import credential
from engagement_assets.preflight.check import Check

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HIDDEN = "never-to-be-shown"
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def private(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def certificate(start: datetime, end: datetime) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "engagement")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(KEY.public_key()).serial_number(1)
    builder = builder.not_valid_before(start).not_valid_after(end)
    signed = builder.sign(KEY, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def inspect(tmp_path: Path, content: str, mode: int = 0o600) -> tuple[bool, Check]:
    """Look at a PEM file; tell whether it can be used, and what is said."""
    file = tmp_path / "app.pem"
    file.write_text(content)
    file.chmod(mode)
    held, found = credential.inspect({"ENGAGEMENT_CLIENT_CERTIFICATE": str(file)}, NOW)
    assert "PRIVATE KEY" not in found.found
    return held is not None, found


def test_a_secret_is_not_shown() -> None:
    held, found = credential.inspect({"ENGAGEMENT_CLIENT_SECRET": HIDDEN}, NOW)
    assert held is not None
    assert found.level == "ok"
    assert HIDDEN not in f"{held!r}{found!r}"


def test_none() -> None:
    held, found = credential.inspect({}, NOW)
    assert held is None
    assert (found.level, found.exit_code) == ("error", 2)


def test_a_certificate_wins_over_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "missing.pem"
    both = {"ENGAGEMENT_CLIENT_SECRET": HIDDEN, "ENGAGEMENT_CLIENT_CERTIFICATE": str(file)}
    held, found = credential.inspect(both, NOW)
    assert held is None
    assert str(file) in found.found


@pytest.mark.parametrize(
    ("start", "days", "mode", "level", "words"),
    [
        (0, 365, 0o600, "ok", "valid until 2027-11-24"),
        (0, 365, 0o640, "warning", "Other users"),
        (-300, 310, 0o600, "warning", "valid until 2026-12-04"),
        (-300, 300, 0o600, "error", "so not now"),
        (1, 300, 0o600, "error", "so not now"),
    ],
    ids=["good", "readable by others", "ends soon", "has ended", "begins tomorrow"],
)
def test_a_certificate(
    tmp_path: Path, start: int, days: int, mode: int, level: str, words: str
) -> None:
    begin = NOW + timedelta(days=start)
    pem = private(KEY) + certificate(begin, begin + timedelta(days=days))
    can_be_used, found = inspect(tmp_path, pem, mode)
    assert (found.level, words in found.found) == (level, True)
    assert can_be_used == (level != "error")


def test_a_key_of_another_certificate(tmp_path: Path) -> None:
    pem = private(OTHER_KEY) + certificate(NOW, NOW + timedelta(days=365))
    can_be_used, found = inspect(tmp_path, pem)
    assert not can_be_used
    assert "do not belong together" in found.found


def test_a_certificate_that_is_not_one(tmp_path: Path) -> None:
    pem = private(KEY) + "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"
    can_be_used, found = inspect(tmp_path, pem)
    assert not can_be_used
    assert found.exit_code == 2
