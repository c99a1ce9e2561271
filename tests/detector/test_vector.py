"""The one form that is scored, and its bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from detector.features import HC148
from detector.vector import Vector, VectorSchema

SCHEMA = VectorSchema()
NUMBERS = hnp.arrays(np.float64, SCHEMA.length, elements=st.floats(width=64))


def test_the_usual_schema_is_hc148_in_its_order() -> None:
    assert (SCHEMA.id, SCHEMA.length, SCHEMA.handcrafted) == ("hc148.v1", 148, 148)
    assert SCHEMA.names == HC148.names


def test_an_embedding_is_part_of_id_names_and_hash() -> None:
    with_embedding = VectorSchema(embedding="net.tag/last/whole", embedding_length=3)
    assert with_embedding.id == "hc148.v1+net.tag/last/whole"
    assert with_embedding.names[148:] == ("embedding_0", "embedding_1", "embedding_2")
    assert (with_embedding.length, with_embedding.handcrafted) == (151, 148)
    other = VectorSchema(embedding="net.tag/last/crop", embedding_length=3)
    assert len({SCHEMA.sha256, with_embedding.sha256, other.sha256}) == 3


def test_groups_are_named_in_their_order() -> None:
    both = VectorSchema(groups=("hc148", "linework8"))
    assert (both.id, both.length) == ("hc148.v1+linework8.v1", 156)


@pytest.mark.parametrize(
    ("embedding", "length"), [("none", 3), ("net.tag/last/whole", 0), ("net.tag/last/whole", -1)]
)
def test_an_embedding_that_does_not_fit_its_length_is_refused(embedding: str, length: int) -> None:
    with pytest.raises(ValueError, match="embedding"):
        VectorSchema(embedding=embedding, embedding_length=length)


@given(numbers=NUMBERS)
def test_whatever_was_computed_the_stored_numbers_are_finite_and_flagged(
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    vector = Vector.of(SCHEMA, numbers)
    assert np.isfinite(vector.values).all()
    assert (vector.values[vector.replaced] == 0).all()
    kept = ~vector.replaced
    assert np.array_equal(vector.values[kept], numbers[kept].astype(np.float32))


@given(numbers=NUMBERS)
def test_bytes_give_the_same_vector_back(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    vector = Vector.of(SCHEMA, numbers)
    values, replaced = vector.to_bytes()
    assert (len(values), len(replaced)) == (4 * 148, 19)
    again = Vector.from_bytes(SCHEMA, values, replaced)
    assert again == vector
    assert hash(again) == hash(vector)


def test_a_number_beyond_float32_counts_as_not_finite() -> None:
    numbers = np.zeros(148)
    numbers[5] = 1e300
    vector = Vector.of(SCHEMA, numbers)
    assert vector.replaced[5]
    assert vector.values[5] == 0


def test_bytes_of_another_length_are_no_vector() -> None:
    values, replaced = Vector.of(SCHEMA, np.zeros(148)).to_bytes()
    for wrong in ((values[4:], replaced), (values, replaced + b"\0")):
        with pytest.raises(ValueError, match="not the bytes"):
            Vector.from_bytes(SCHEMA, *wrong)


def test_bytes_with_a_number_that_is_none_are_no_vector() -> None:
    _, replaced = Vector.of(SCHEMA, np.zeros(148)).to_bytes()
    with pytest.raises(ValueError, match="finite"):
        Vector.from_bytes(SCHEMA, np.full(148, np.nan, dtype="<f4").tobytes(), replaced)
