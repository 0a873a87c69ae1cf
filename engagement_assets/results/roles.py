"""Who looks, and what they may see."""

import enum
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request


class Role(enum.IntEnum):
    """What somebody may do; each role may do what the ones before it may.

    The names, in lower case, are the values of the app roles in Entra.
    """

    VIEWER = 1
    """Sees results: never the address of an employee."""
    CONTRIBUTOR = 2
    """Also sees which mailboxes were not read, and downloads."""
    ADMINISTRATOR = 3
    """Also saves segments where the configuration allows it."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who may look.

    Attributes:
        name: what to call them; empty where nobody signs in.
        role: what they may do.
    """

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Tell whether they may do what a role may."""
        return self.role >= role


class SignInNeededError(Exception):
    """Nobody is signed in, or not any more."""


class NotAllowedError(Exception):
    """Somebody is signed in whose role is not enough.

    Attributes:
        needed: the role that would be; None when they have no role at all.
    """

    def __init__(self, needed: Role | None) -> None:
        super().__init__()
        self.needed = needed


class SignIn(Protocol):
    """How it is known who looks."""

    def viewer(self, request: Request) -> Viewer:
        """Return who looks.

        Raises:
            SignInNeededError: when that is not known.
            NotAllowedError: when they have no role.
        """


@dataclass(frozen=True)
class Require:
    """The guard of a route, as a dependency; a test finds it in every route.

    Attributes:
        role: the least role that may pass.
    """

    role: Role

    def __call__(self, request: Request) -> Viewer:
        """Return who looks, when they may.

        Raises:
            SignInNeededError: when nobody is signed in.
            NotAllowedError: when the role is not enough.
        """
        sign_in: SignIn = request.app.state.sign_in
        viewer = sign_in.viewer(request)
        request.state.viewer = viewer
        if not viewer.may(self.role):
            raise NotAllowedError(self.role)
        return viewer


AnyViewer = Annotated[Viewer, Depends(Require(Role.VIEWER))]
AContributor = Annotated[Viewer, Depends(Require(Role.CONTRIBUTOR))]
AnAdministrator = Annotated[Viewer, Depends(Require(Role.ADMINISTRATOR))]
