"""Who looks: everybody on this machine, or whoever the OpenID provider says."""

from fastapi import Request

from engagement_assets.results.roles import Role, Viewer


class NoSignIn:
    """Local mode: whoever reaches the app is at this machine, which has everything anyway."""

    def viewer(self, request: Request) -> Viewer:  # noqa: ARG002 - the protocol's
        """Return an administrator without a name."""
        return Viewer("", Role.ADMINISTRATOR)
