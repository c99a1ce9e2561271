"""What a bundle remembers of its training pictures, and what can be asked of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detector.bundle.arrays import read_arrays, write_arrays
from detector.memory import Memory, Reference, Space
from detector.vector import Values
from tests.memories import PICTURES, memory_of, rows_of

ROWS = rows_of(12)
MEMORY = memory_of(ROWS, handcrafted=8)


def test_a_memory_survives_being_stored() -> None:
    data = write_arrays(MEMORY.arrays())
    again = Memory.of(read_arrays(data))
    assert write_arrays(again.arrays()) == data
    assert (again.groups, again.domains, len(again)) == (MEMORY.groups, MEMORY.domains, PICTURES)


def test_the_nearest_picture_of_a_remembered_one_is_itself() -> None:
    for place in range(PICTURES):
        nearest = MEMORY.nearest(ROWS[place], 3)
        assert nearest[0].distance == pytest.approx(0, abs=0.02), "coordinates are rounded to float16"
        assert nearest[0].group == MEMORY.groups[place % 4]
        assert nearest[0].synthetic == (place % 4 >= 2)
        assert [each.distance for each in nearest] == sorted(each.distance for each in nearest)


def test_there_are_no_more_neighbours_than_pictures() -> None:
    assert len(MEMORY.nearest(ROWS[0], 1000)) == PICTURES


def test_the_same_file_is_found_by_its_hash() -> None:
    digest = bytes([7]) + bytes(31)
    (found,) = MEMORY.overlaps(sha256=digest)
    assert (found.group, found.domain, found.synthetic) == ("ai-b", "photo", True)
    assert MEMORY.overlaps(sha256=bytes([PICTURES]) + bytes(31)) == ()


@pytest.mark.parametrize(("turned", "found"), [(0, 1), (2, 1), (3, 0)])
def test_nearly_the_same_pixels_are_found_by_their_perceptual_hash(turned: int, found: int) -> None:
    hash_ = int(MEMORY.perceptual[5]) ^ ((1 << turned) - 1)
    assert [each.group for each in MEMORY.overlaps(perceptual=hash_, bits=2)] == [MEMORY.groups[1]] * found


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 64))
def test_more_bits_never_find_fewer_pictures_and_all_of_them_find_all(hash_: int, bits: int) -> None:
    assert len(MEMORY.overlaps(perceptual=hash_, bits=bits)) <= len(
        MEMORY.overlaps(perceptual=hash_, bits=64)
    )
    assert len(MEMORY.overlaps(perceptual=hash_, bits=64)) == PICTURES


def test_nothing_asked_finds_nothing() -> None:
    assert MEMORY.overlaps() == ()


def test_one_wild_number_does_not_decide_who_is_near() -> None:
    tame, wild = ROWS[0].copy(), ROWS[0].copy()
    tame[3], wild[3] = MEMORY.space.mean[3] + 6 * MEMORY.space.scale[3], 1e30
    assert MEMORY.nearest(wild, 3) == MEMORY.nearest(tame, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"perceptual": np.zeros(3, dtype=np.int64)},
        {"sha256": np.zeros((PICTURES, 1), dtype=np.uint64)},
        {"groups": ("one",)},
        {"domains": ()},
        {"coordinates": np.zeros((PICTURES, 2), dtype=np.float16)},
        {"usual": float("nan")},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_parts_that_do_not_belong_to_each_other_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="memory"):
        replace(MEMORY, **wrong)  # type: ignore[arg-type]  # that is the test


def test_a_space_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        replace(MEMORY.space, scale=np.zeros(12, dtype=np.float32))
    with pytest.raises(ValueError, match="length"):
        Space(
            mean=np.zeros(3, np.float32), scale=np.ones(3, np.float32), components=np.ones((1, 4), np.float16)
        )


def test_a_value_is_placed_among_those_of_people() -> None:
    rows = np.arange(101, dtype=np.float32)[:, None]
    reference = Reference.fitted(rows)
    places = [reference.places(np.array([value], dtype=np.float32))[0] for value in (-5, 0, 25, 50, 99, 500)]
    assert places == pytest.approx([0, 0, 0.25, 0.5, 0.99, 1], abs=0.001)


def test_a_value_that_many_share_stands_in_the_middle_of_them() -> None:
    rows = np.array([[0.0]] * 60 + [[1.0]] * 40, dtype=np.float32)
    reference = Reference.fitted(rows)
    assert reference.places(np.zeros(1, dtype=np.float32))[0] == pytest.approx(0.3, abs=0.02)
    assert reference.places(np.ones(1, dtype=np.float32))[0] == pytest.approx(0.8, abs=0.02)


@given(arrays(np.float32, (30, 2), elements=st.floats(-1e6, 1e6, width=32)), st.floats(-2e6, 2e6, width=32))
def test_a_larger_value_never_has_a_lower_place(rows: Values, value: float) -> None:
    reference = Reference.fitted(rows)
    lower = reference.places(np.array([value, value], dtype=np.float32))
    higher = reference.places(np.array([value + 1e5, value + 1e5], dtype=np.float32))
    assert (lower <= higher + 1e-12).all()
    assert ((lower >= 0) & (higher <= 1)).all()


def test_quantiles_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="fall"):
        Reference(quantiles=np.array([[1.0], [0.0]], dtype=np.float32))
