"""Consent: the gate before everything that is read, since when it is open, asking for it."""

from engagement_assets.consent.gate import Consent, Gate, look, require_terms, tenant_of

__all__ = ["Consent", "Gate", "look", "require_terms", "tenant_of"]
