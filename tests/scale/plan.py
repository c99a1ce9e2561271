"""How large the tables grow, and how the rows of a picture are named from its number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from detector.vector import VectorSchema

BUCKET = "art"
BUNDLE = "ab" * 32
"""The bundle that has judged every picture."""
CANDIDATE = "cd" * 32
"""A bundle that has judged none."""
SCHEMA = VectorSchema(embedding="convnext_tiny.fb_in22k/last/whole", embedding_length=768)
"""Of the stored vectors: 916 numbers."""
REVIEWERS = 200
_FIRST_MS = 1_735_689_600_000
_STEP_MS = 250
_IMAGE, _WAITING = 2, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured, and on how much. Sizes are pictures, each with its event, vector and verdict."""

    sizes: tuple[int, ...] = (100_000, 1_000_000, 10_000_000)
    """Growing: each is made of the one before."""
    wide: int = 1_000_000
    """So many of the first pictures have rows of real size and an audit log; the others have short vectors
    and messages, and nothing noted of their review."""
    waiting: int = 1_000
    """Events that are enqueued and wait to be claimed, at every size."""
    runs: int = 300
    """Times that a query is run in a round."""
    rounds: int = 3
    """Of these the calmest counts."""
    chunk: int = 100_000
    """Pictures that one transaction adds."""
    seed: int = 1


def key_of(number: int) -> str:
    """Key of a picture's object. Pictures count from 1."""
    return f"{hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()}.jpg"


def image_of(number: int) -> UUID:
    """Id of a picture: time-ordered, as the application's ids are."""
    return _id_of(_IMAGE, number)


def waiting_event(number: int) -> UUID:
    """Id of an event that is enqueued, from 1."""
    return _id_of(_WAITING, number)


def reviewer(number: int) -> str:
    """Name of a reviewer, counted from 0."""
    return f"reviewer {number % REVIEWERS}"


def _id_of(kind: int, number: int) -> UUID:
    """The same as ``id_of`` in ``functions.sql``."""
    return UUID(f"{_FIRST_MS + number * _STEP_MS:012x}7{kind:03x}8000{number:012x}")
