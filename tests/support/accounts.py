"""An account whose id reads like an address."""

SECRET = "C-ann@acme.example"  # noqa: S105 - an account id that no message may quote
