"""The section `source`: one class per kind of activity source, told apart by `kind`.

What else a kind consists of stands in its record (the room `sources`).
"""

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import Field

from engagement_assets.config.section import Section
from engagement_assets.config.values import ExistingPath, HttpsUrl, Text

Cloud = Literal["global", "us_government", "us_government_dod", "china"]


class GraphSource(Section):
    """Microsoft 365, read through Microsoft Graph."""

    kind: Literal["graph"]
    tenant_id: Text = Field(description="The tenant's id (a GUID) or one of its domains.")
    client_id: Text = Field(description="The id of the app registration.")
    cloud: Cloud = Field("global", description="The national cloud that the tenant lives in.")
    login_url: HttpsUrl | None = Field(
        None, description="Another sign-in host: a proxy or a simulator."
    )
    graph_url: HttpsUrl | None = Field(
        None, description="Another Graph host, without /v1.0: a proxy or a simulator."
    )
    ca_bundle: ExistingPath | None = Field(
        None, description="A PEM file to trust, whatever the environment says."
    )


class FolderSource(Section):
    """Activity that was exported already."""

    kind: Literal["folder"]
    path: ExistingPath = Field(description="The activity folder.")


Source = GraphSource | FolderSource


def kind_of(settings: type[Section]) -> str:
    """Return the value of `source.kind` that a class of settings stands for."""
    (name,) = get_args(settings.model_fields["kind"].annotation)
    return str(name)


# in the order in which messages name them
KINDS: Mapping[str, type[Section]] = {kind_of(each): each for each in get_args(Source)}
