"""Numbers of a vector that are not what they were."""

from __future__ import annotations

import numpy as np
import pytest

from detector.vector import Vector, VectorSchema
from tests.memories import memory_of, rows_of
from worker.evidence.numbers import sentence, strayed

SCHEMA = VectorSchema()
THEN = Vector.of(SCHEMA, rows_of(SCHEMA.length)[0])


def moved(**by: float) -> Vector:
    """The vector with some numbers changed, by name."""
    numbers = THEN.values.astype(np.float64)
    for name, change in by.items():
        numbers[SCHEMA.names.index(name)] += change
    return Vector.of(SCHEMA, numbers)


def test_the_same_vector_has_not_strayed() -> None:
    assert strayed(THEN, moved(), None) == ()


def test_what_strayed_by_more_spreads_comes_first() -> None:
    rows = rows_of(SCHEMA.length)
    rows[:, SCHEMA.names.index("edgelen")] *= 1000
    found = strayed(THEN, moved(edgelen=50.0, snr=2.0), memory_of(rows, SCHEMA.handcrafted))
    assert [it.name for it in found] == ["snr", "edgelen"], "50 is little for what spreads over thousands"
    assert found[0].again == pytest.approx(found[0].recorded + 2, abs=1e-4)


def test_without_a_memory_numbers_are_compared_with_their_own_size() -> None:
    found = strayed(THEN, moved(red_mean=0.1 * float(THEN.values[2])), None)
    assert [it.name for it in found] == ["red_mean"]
    assert found[0].spreads == pytest.approx(0.1, abs=1e-3)


def test_a_number_that_is_no_longer_determined_has_strayed() -> None:
    numbers = np.zeros(SCHEMA.length)
    then, again = Vector.of(SCHEMA, numbers), Vector.of(SCHEMA, np.where(np.arange(148) == 4, np.nan, 0.0))
    assert [it.name for it in strayed(then, again, None)] == ["red_kurtosis"]


def test_vectors_of_different_schemas_are_not_compared() -> None:
    other = VectorSchema(groups=("hc148", "linework8"))
    with pytest.raises(ValueError, match="different schemas"):
        strayed(THEN, Vector.of(other, np.zeros(other.length)), None)


def test_the_sentence_names_the_farthest() -> None:
    told = sentence(strayed(THEN, moved(snr=2.0), None), SCHEMA.length)
    assert told.startswith("1 of 148 numbers of the vector are not what they were; most of all snr (")
