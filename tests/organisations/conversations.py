"""Conversation ids as Exchange and others write them (section 2.7)."""

import base64
from dataclasses import dataclass

from .dice import Dice


@dataclass(frozen=True)
class Conversation:
    """What the e-mails of a thread have in common: how its id is written, and of what."""

    kind: str
    core: bytes

    def id_in(self, mailbox: str) -> str | None:
        """Return the conversation id that one mailbox has for it."""
        spelled: dict[str, str | None] = {
            "none": None,
            "text": f"thread {self.core.hex()}",
            # Letters of base64, but no base64 has this length.
            "no base64": self.core.hex() + mailbox.replace("-", "")[:29],
            # Base64 of 12 bytes, if one takes it for that.
            "hex": self.core.hex()[:16],
            # Base64 of 48 bytes, and so decoded.
            "long hex": self.core.hex() * 2,
            # One byte more or less decides whether mailboxes agree on the thread.
            "31 bytes": exchange_base64(mailbox.encode()[:15] + self.core),
            "32 bytes": exchange_base64(mailbox.encode()[:16] + self.core),
            "short": exchange_base64(mailbox.encode()[:8] + self.core),
            "exchange": exchange_base64(
                b"\x00\x04\x24\x00" + mailbox.encode() + b"\x00\x10\x00" + self.core
            ),
        }
        return spelled[self.kind]


def exchange_base64(data: bytes) -> str:
    """Write base64 in Exchange's alphabet, which is not RFC 4648's for URLs."""
    return base64.b64encode(data).decode().replace("/", "-").replace("+", "_")


ODD_KINDS = (
    "text",
    "no base64",
    "hex",
    "long hex",
    "31 bytes",
    "32 bytes",
    "32 bytes",
    "short",
    "none",
)


def make_conversation(dice: Dice) -> Conversation:
    """Return a new conversation."""
    kind = "exchange" if dice.chance(0.6) else dice.pick(ODD_KINDS)
    core = dice.bytes(16)
    if dice.chance(0.4):
        # With these bits first, the letter of base64 in which 32 bytes have their halves meet is
        # - or _ in some mailboxes: a reader with RFC 4648's alphabet takes them for two threads.
        core = bytes([core[0] | 0b1110_0000]) + core[1:]
    return Conversation(kind, core)
