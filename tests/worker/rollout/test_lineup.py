"""Who judges which image: for any image, any share and both states."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.bundles import BundleState
from detector import Detector, load_bundle
from tests.bundles import make_bundle
from worker.rollout.lineup import Lineup

IMAGES = st.tuples(st.text(max_size=20), st.text(max_size=60), st.text(max_size=40))
SHARES = st.floats(min_value=0, max_value=1, exclude_min=True)
Two = tuple[Detector, Detector]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """The bundle that judges, and one on trial."""
    folder = tmp_path_factory.mktemp("bundles")
    paths: list[Path] = [make_bundle(folder, seed) for seed in (0, 1)]
    active, trial = (load_bundle(path) for path in paths)
    return active, trial


def lineup(two: Two, state: BundleState, share: float) -> Lineup:
    active, trial = two
    return Lineup(active=active, trial=trial, state=state, share=share)


@given(image=IMAGES, share=SHARES)
def test_a_shadow_never_speaks(two: Two, image: tuple[str, str, str], share: float) -> None:
    active, trial = two
    pair = lineup(two, BundleState.SHADOW, share).pair_for(*image)
    assert pair.speaks is active
    assert pair.looks_on in {None, trial}


@given(image=IMAGES, share=SHARES)
def test_a_canary_speaks_where_a_shadow_of_its_share_would_look_on(
    two: Two, image: tuple[str, str, str], share: float
) -> None:
    """So the pictures that were compared are those that it decides next, and always the same."""
    active, trial = two
    canary, shadow = lineup(two, BundleState.CANARY, share), lineup(two, BundleState.SHADOW, share)
    pair = canary.pair_for(*image)
    assert pair == canary.pair_for(*image)
    assert (pair.speaks is trial) == (shadow.pair_for(*image).looks_on is trial)
    assert (pair.speaks, pair.looks_on) in {(trial, active), (active, None)}


@given(image=IMAGES)
def test_without_a_bundle_on_trial_one_judges_alone(two: Two, image: tuple[str, str, str]) -> None:
    active, _ = two
    pair = Lineup(active=active, trial=None, state=BundleState.CANARY, share=1.0).pair_for(*image)
    assert (pair.speaks, pair.looks_on) == (active, None)
