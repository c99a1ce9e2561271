"""Spreads, axes and a day's figures, on numbers whose drift is made here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from worker.drift.axes import AXES, Axes
from worker.drift.comparison import compare, measures
from worker.drift.layout import handcrafted
from worker.drift.reference import Reference, Sample
from worker.drift.spread import BINS, Spread

SCHEMA = "hc148.v1+tower-1"
FEATURES = handcrafted(SCHEMA)
EMBEDDED = 200
Rows = npt.NDArray[np.float32]


def sample(seed: int, scans: int = 900, *, moved: Mapping[str, float] = MappingProxyType({})) -> Sample:
    """Scans whose numbers are normal; a group of features, the embedding or the scores may be moved."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(scans, len(FEATURES) + EMBEDDED)).astype(np.float32)
    vectors[:, -EMBEDDED:] += rng.normal(size=(scans, 1)) * np.linspace(
        -2, 2, EMBEDDED
    )  # one axis that counts
    for place, feature in enumerate(FEATURES):
        vectors[:, place] += moved.get(feature.group, 0.0)
    vectors[:, -EMBEDDED:] += moved.get("embedding", 0.0) * np.cos(np.arange(EMBEDDED))
    scores = rng.beta(2, 2 + moved.get("scores", 0.0), size=scans)
    return Sample(scores=scores.astype(np.float32), vectors=vectors)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.of(sample(1, scans=2000), len(FEATURES))


def test_scans_of_the_same_kind_are_steady_in_everything(reference: Reference) -> None:
    """Also the embedding, whose axes were fitted on fewer vectors than it has numbers."""
    found = measures(compare(reference, sample(2), FEATURES))
    assert {figure["finding"] for figure in found.values()} == {"steady"}
    assert set(found) == {"scores", "embedding", *(f"features_{each.group}" for each in FEATURES)}
    assert all(figure["value"] < 3 * figure["by_chance"] for figure in found.values())
    few = Reference.of(sample(3, scans=500), len(FEATURES))
    embedding = measures(compare(few, sample(4), FEATURES))["embedding"]
    assert embedding["value"] < 2 * embedding["by_chance"]


@pytest.mark.parametrize("what", ["jpeg_ghost", "gabor", "embedding", "scores"])
def test_only_what_moved_is_said_to_have_changed(reference: Reference, what: str) -> None:
    moved = {"scores": 3.0, "embedding": 1.0}.get(what, 1.0)
    figures = compare(reference, sample(5, moved={what: moved}), FEATURES)
    changed = {name for name, each in measures(figures).items() if each["finding"] != "steady"}
    name = what if what in {"scores", "embedding"} else f"features_{what}"
    assert changed == {name}
    assert measures(figures)[name]["finding"] == "changed"
    if name.startswith("features"):
        assert figures["features"]["most"][0]["group"] == what


def test_pictures_unlike_all_before_lie_off_the_axes(reference: Reference) -> None:
    """Noise in directions that no axis follows shows in the remainder alone."""
    strange = sample(6)
    strange.vectors[:, -EMBEDDED:] += np.random.default_rng(7).normal(size=(900, EMBEDDED))
    embedding = compare(reference, strange, FEATURES)["embedding"]
    assert embedding["remainder"] > 1
    assert embedding["value"] == embedding["remainder"]
    assert embedding["finding"] == "changed"


def test_few_scans_say_nothing(reference: Reference) -> None:
    found = measures(compare(reference, sample(8, scans=60), FEATURES))
    assert {figure["finding"] for figure in found.values()} == {"too few"}


def test_without_vectors_the_scores_remain(reference: Reference) -> None:
    bare = Sample(scores=sample(9).scores, vectors=np.zeros((0, 0), dtype=np.float32))
    assert set(measures(compare(reference, bare, FEATURES))) == {"scores"}
    assert set(measures(compare(Reference.of(bare, 0), sample(9), FEATURES))) == {"scores"}


def test_a_reference_comes_back_as_it_was_stored(reference: Reference) -> None:
    read = Reference.from_bytes(reference.to_bytes())
    late = sample(10, moved={"gabor": 0.3})
    assert compare(read, late, FEATURES) == compare(reference, late, FEATURES)


@pytest.mark.parametrize("data", [b"", b"no arrays", Reference.of(sample(1, 4), 0).to_bytes()[:-1]])
def test_what_is_no_reference_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="these are no arrays"):
        Reference.from_bytes(data)


def test_a_number_that_never_moved_is_found_to_move_either_way() -> None:
    still = Spread.of(np.full((500, 1), 3, dtype=np.float32))
    assert still.drift(np.full((500, 1), 3, dtype=np.float32))[0] == pytest.approx([0], abs=1e-4)
    for other in (2.9, 3.1):
        assert still.drift(np.full((500, 1), other, dtype=np.float32))[0] > 5


finite = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 40), st.just(3)),
    elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False),
)


@given(finite, finite)
def test_every_row_falls_into_one_bin_that_its_number_has(rows: Rows, others: Rows) -> None:
    spread = Spread.of(rows)
    assert spread.sample == len(rows)
    for counts, placed in ((spread.counts, rows), (spread.place(others), others)):
        assert (counts.sum(axis=0) == len(placed)).all()
        assert not counts[~spread.real].any()
    assert spread.counts.shape == (BINS, 3)
    assert not spread.counts[-1].any(), "nothing lies above all of the sample"
    assert (spread.drift(others)[0] >= 0).all()


def test_axes_are_at_right_angles_and_keep_lengths() -> None:
    rows = sample(11, 300).vectors[:, -EMBEDDED:]
    axes = Axes.fitted(rows)
    assert axes.directions @ axes.directions.T == pytest.approx(np.eye(AXES), abs=1e-5)
    standard = np.clip((rows - axes.mean) / axes.scale, -5, 5)
    assert (axes.coordinates(rows) ** 2).sum(axis=1) == pytest.approx((standard**2).sum(axis=1), rel=1e-4)


def test_the_handcrafted_part_is_told_by_the_schemas_name() -> None:
    assert len(handcrafted("hc148.v1")) == len(FEATURES) == 148
    assert len(handcrafted("hc148.v1+linework8.v1+tower-1")) == 156
    assert handcrafted("") == ()
