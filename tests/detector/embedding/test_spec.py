"""The id of an embedding says all that its numbers depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.embedding import EmbeddingSpec, View

SPECS = st.builds(
    lambda blocks, means, last, views: EmbeddingSpec(
        backbone="arch_1.tag",
        blocks=tuple(sorted(blocks)),
        means=tuple(sorted(means)),
        last=last or not (blocks or means),
        views=tuple(views),
    ),
    st.sets(st.integers(1, 40), max_size=5),
    st.sets(st.integers(1, 40), max_size=3),
    st.booleans(),
    st.lists(st.sampled_from(View), min_size=1, unique=True),
)


@given(SPECS)
def test_an_id_reads_back_as_the_spec_that_wrote_it(spec: EmbeddingSpec) -> None:
    assert EmbeddingSpec.parse(spec.id) == spec


@given(SPECS, SPECS)
def test_two_specs_never_share_an_id(one: EmbeddingSpec, other: EmbeddingSpec) -> None:
    assert (one.id == other.id) == (one == other)


def test_a_bare_backbone_means_its_penultimate_layer_on_the_whole_picture() -> None:
    assert EmbeddingSpec.parse("convnext_tiny.fb_in22k").id == "convnext_tiny.fb_in22k/last/whole"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a/b",
        "a/1/part",
        "a/x/whole",
        "a/last-1/whole",
        "a/2-1/whole",
        "a/0/whole",
        "a/1/",
        "a//whole",
        "a/m2-1/whole",
        "a/m/whole",
        "a/m2-m1/whole",
        "a/01/whole",
    ],
)
def test_what_names_no_embedding_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="embedding"):
        EmbeddingSpec.parse(text)
