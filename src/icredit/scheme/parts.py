"""What all parts of a scheme have in common, and the words they share.

Modules with parts of schemes state their annotations as they are: pydantic would compile the text of each.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Basis = Literal["official", "reported", "project-default"]
Expression = str | dict[str, str]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]


class Model(BaseModel):
    """Base of all parts of a scheme: immutable, no unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True
    )


class Label(Model):
    """What people read, in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
