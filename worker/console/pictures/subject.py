"""What a link shows, and in which form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class SubjectKind(StrEnum):
    """Where the object's place is written."""

    IMAGE = "image"
    EVENT = "event"
    """For a file that has no image: it was refused."""
    EVIDENCE = "evidence"
    """For what an appeal shows."""


class Variant(StrEnum):
    """A form in which a picture is shown."""

    FIT = "fit"
    """Whole, at most 1,600 pixels a side."""
    FULL = "full"
    """Whole, pixel by pixel."""
    THUMB = "thumb"
    """Whole, at most 320 pixels a side."""
    BLURRED = "blurred"
    """A thumbnail in which nothing can be recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One picture."""

    kind: SubjectKind
    id: UUID
