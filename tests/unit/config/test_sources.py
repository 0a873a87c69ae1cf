"""The kinds of `source` as the configuration knows them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from engagement_assets.config.sources import KINDS, FolderSource, GraphSource, Source, kind_of


def test_every_class_of_the_union_has_its_word() -> None:
    assert dict(KINDS) == {"graph": GraphSource, "folder": FolderSource}
    for word, settings in KINDS.items():
        assert kind_of(settings) == word
        with pytest.raises(ValidationError, match="kind"):
            settings.model_validate({"kind": "another"})


def test_keys_of_one_kind_are_not_keys_of_another() -> None:
    with pytest.raises(ValidationError, match="path"):
        TypeAdapter(Source).validate_python(
            {"kind": "graph", "tenant_id": "t", "client_id": "c", "path": "."}
        )
