"""What every section of the YAML file is made of."""

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """What all sections have in common: no other keys, nothing changes, defaults are checked."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, content: object) -> object:
        """A key with nothing behind it means what its absence means."""
        if not isinstance(content, dict):
            return content
        return {key: value for key, value in content.items() if value is not None}
