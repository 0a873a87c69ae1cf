"""A JSON schema of `engagement.yaml`, with which editors complete and check it while one types."""

import json
from typing import Any

from engagement_assets.config import Configuration

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, Any]:
    """Return the schema. It knows keys, types, bounds and choices; the command knows the rest."""
    schema = Configuration.model_json_schema()
    for section in (schema, *schema["$defs"].values()):
        required = section.get("required", ())
        for name, value in section["properties"].items():
            # a key with nothing behind it means what its absence means
            if name not in required:
                section["properties"][name] = _or_nothing(value)
    return {
        "$schema": _DIALECT,
        **schema,
        "title": "engagement.yaml",
        "description": "Generated from engagement_assets/config by `make docs`. Do not edit.",
    }


def text() -> str:
    """Return the schema as it stands in the file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _or_nothing(value: dict[str, Any]) -> dict[str, Any]:
    nothing = {"type": "null"}
    if nothing in value.get("anyOf", ()):
        return value
    about = {"default", "description", "title"}
    kind = {key: each for key, each in value.items() if key not in about}
    return {"anyOf": [kind, nothing], **{key: value[key] for key in value if key in about}}
