"""What every table of a guideline is."""

from pydantic import BaseModel, ConfigDict

Texts = str | list[str]


class Part(BaseModel):
    """A table of a guideline: unknown keys are errors, no value is turned into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
