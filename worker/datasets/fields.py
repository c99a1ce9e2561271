"""What a manifest may say of a row: fixed, or told by the row's own columns. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from detector.training.corpus import Origin

Columns = Mapping[str, object]
"""The columns of one row, by name; the picture itself is none of them."""
Value = str | int | float | bool
"""A value as YAML writes it. Values are compared as text, so that 0 and "0" are the same."""
Values = tuple[Value, ...]

_WHOLE = 2**64
_PERCENT = 100


def _several(value: object) -> object:
    """One value stands for a list of one."""
    if value is None or value == "rest" or isinstance(value, (list, tuple)):
        return tuple(value) if isinstance(value, list) else value
    return (value,)


class Strict(BaseModel):
    """A part of a manifest: what is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MissingColumnError(Exception):
    """The manifest names a column that the rows do not have."""

    def __init__(self, column: str, columns: Collection[str]) -> None:
        found = ", ".join(sorted(columns)) or "none"
        super().__init__(f"there is no column {column!r}; the columns are: {found}")


class FromColumn(Strict):
    """A text that each row tells itself."""

    column: str
    """The column that has it."""
    pattern: str | None = None
    """A regular expression: its first group is the text, and there is none where it is not found."""
    prefix: str = ""
    """Text to put before it, so that two sources' values stay apart."""
    names: dict[str, str] = Field(default_factory=dict)
    """Other spellings: what stands for a value. Values that are not named stay as they are."""

    def of(self, columns: Columns) -> str:
        """The text for one row; empty where the row's value is."""
        value = _text(look_up(self.column, columns))
        if self.pattern is not None:
            found = re.search(self.pattern, value)
            value = found[1] or "" if found else ""
        text = self.names.get(value, value)
        return self.prefix + text if text else ""

    @field_validator("pattern")
    @classmethod
    def _check_pattern(cls, pattern: str | None) -> str | None:
        """It can be searched for, and has a group."""
        if pattern is None:
            return None
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        if groups == 0:
            raise ValueError(f"{pattern!r} has no group; put parentheses around what is wanted")
        return pattern


class LabelColumn(Strict):
    """A label that each row tells itself."""

    column: str
    """The column that has it."""
    human: Annotated[Values, BeforeValidator(_several)] | Literal["rest"] = ()
    """Values of pictures that people made, or ``rest``."""
    ai: Annotated[Values, BeforeValidator(_several)] | Literal["rest"] = ()
    """Values of pictures that generators made, or ``rest``: all that are not listed under the other."""

    @model_validator(mode="after")
    def _one_rest(self) -> Self:
        if self.human == self.ai:
            raise ValueError("human and ai must differ; list values under both, or rest under one")
        return self

    def of(self, columns: Columns) -> Origin | None:
        """The label of one row; None where its value is under neither."""
        value = _text(look_up(self.column, columns))
        if not value:
            return None
        for origin, values in ((Origin.HUMAN, self.human), (Origin.AI, self.ai)):
            if values != "rest" and value in map(_text, values):
                return origin
        if "rest" not in {self.human, self.ai}:
            return None
        return Origin.HUMAN if self.human == "rest" else Origin.AI


class Condition(Strict):
    """What a row must be, to be taken: exactly one of the four rules."""

    column: str
    """The column that is asked."""
    equals: Annotated[Values, BeforeValidator(_several)] | None = None
    """Its value is one of these."""
    not_in: Annotated[Values, BeforeValidator(_several)] | None = None
    """Its value is none of these."""
    with_tags: Annotated[tuple[str, ...], BeforeValidator(_several)] | None = None
    """It is a list of tags with at least one of these."""
    without_tags: Annotated[tuple[str, ...], BeforeValidator(_several)] | None = None
    """It is a list of tags with none of these."""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        rules = (self.equals, self.not_in, self.with_tags, self.without_tags)
        if sum(rule is not None for rule in rules) != 1:
            raise ValueError("expected exactly one of equals, not_in, with_tags and without_tags")
        return self

    def holds(self, columns: Columns) -> bool:
        """Whether a row is to be taken."""
        value = look_up(self.column, columns)
        if self.equals is not None:
            return _text(value) in map(_text, self.equals)
        if self.not_in is not None:
            return _text(value) not in map(_text, self.not_in)
        found = tags(value)
        if self.with_tags is not None:
            return not found.isdisjoint(map(_tag, self.with_tags))
        return found.isdisjoint(map(_tag, self.without_tags or ()))


class Part(Strict):
    """A share of a data set that has nothing in common with its other shares: a stable hash decides."""

    start: Annotated[int, Field(alias="from", ge=0, lt=_PERCENT)]
    """Where the share begins, in percent."""
    end: Annotated[int, Field(alias="to", gt=0, le=_PERCENT)]
    """Where it ends, in percent; what lies there belongs to the next share."""
    by: Literal["picture", "group"] = "picture"
    """What is hashed: the picture's bytes, or its group, so that a group stays whole."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise ValueError("from must be smaller than to")
        return self

    def holds(self, hashed: bytes) -> bool:
        """Whether what has this SHA-256 lies in the share."""
        return self.start * _WHOLE <= int.from_bytes(hashed[:8], "big") * _PERCENT < self.end * _WHOLE

    def holds_group(self, group: str) -> bool:
        """Whether a group lies in the share."""
        return self.holds(hashlib.sha256(group.encode()).digest())

    def apart_from(self, other: Part) -> bool:
        """Whether no picture and no group can lie in both."""
        return self.by == other.by and (self.end <= other.start or other.end <= self.start)

    def __str__(self) -> str:
        return f"{self.start}-{self.end} % by {self.by}"


Text = str | FromColumn
"""A text for all rows of a source, or one that each row tells itself."""


def look_up(column: str, columns: Columns) -> object:
    """The value of a column.

    Raises:
        MissingColumnError: there is no such column.
    """
    if column not in columns:
        raise MissingColumnError(column, columns.keys())
    return columns[column]


def tags(value: object) -> set[str]:
    """The tags of a value: a list, or a text parted by commas, or, where it has none, by blanks.

    Whole tags are told apart, in lower case and with blanks for ``_`` and ``-``: "hair" is not "ai".
    """
    if isinstance(value, str):
        return {_tag(part) for part in (value.split(",") if "," in value else value.split())} - {""}
    if isinstance(value, Collection):
        return {_tag(str(part)) for part in value} - {""}
    return set()


def _tag(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.strip().lower()))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
