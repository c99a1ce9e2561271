"""A copy in another group would be learned from in one fold and judged in another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detector.measuring import Measured
from detector.reasons import Reason, Rejected
from detector.training.copies import without_copies
from detector.training.corpus import Entry, Origin
from detector.vector import Vector, VectorSchema

SCHEMA = VectorSchema()
VECTOR = Vector(
    schema=SCHEMA,
    values=np.zeros(SCHEMA.length, np.float32),
    replaced=np.zeros(SCHEMA.length, np.bool_),
)


def corpus(*pictures: tuple[str, str, str, int]) -> tuple[list[Entry], list[Measured]]:
    """Pictures by name, label, group and perceptual hash; a name's first letter stands for the bytes."""
    entries = [
        Entry(name=name, file=Path(name), origin=Origin(label), group=group, domain="photo")
        for name, label, group, _ in pictures
    ]
    measured = [
        Measured(sha256=name[0] * 64, vector=VECTOR, perceptual_hash=hashed)
        for name, _, _, hashed in pictures
    ]
    return entries, measured


def test_the_later_copy_in_another_group_of_the_label_is_left_out() -> None:
    entries, measured = corpus(
        ("a", "human", "one", 0),
        ("b", "human", "two", 0b111),
        ("c", "human", "one", 0xFFFF),
        ("d", "ai", "three", 0),
    )
    kept, found = without_copies(entries, measured)
    assert [isinstance(each.vector, Vector) for each in kept] == [True, False, True, True]
    assert kept[1].vector is Reason.NEAR_DUPLICATE
    assert [(each.one, each.other) for each in found] == [("b", "a")]
    assert "3 of 64 bits differ" in found[0].detail


def test_the_same_bytes_under_both_labels_are_refused_by_name() -> None:
    with pytest.raises(Rejected, match=r"under both labels .*: a1, a2; keep each") as refused:
        without_copies(*corpus(("a1", "human", "one", 0), ("a2", "ai", "two", 0), ("b", "ai", "two", 99)))
    assert refused.value.reason is Reason.DATASET_LEAKS


def test_pictures_without_a_vector_are_compared_with_nothing() -> None:
    entries, measured = corpus(("a", "human", "one", 0))
    broken = Measured(sha256="", vector=Reason.CORRUPT, perceptual_hash=None)
    kept, found = without_copies(
        [*entries, Entry(name="x", file=Path("x"), origin=Origin.AI, group="two", domain="photo")],
        [*measured, broken],
    )
    assert (kept[1], found) == (broken, [])
