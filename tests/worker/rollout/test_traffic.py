"""Which uploads fall to a bundle on trial."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.rollout.traffic import falls_within, place

IMAGES = st.tuples(st.text(max_size=20), st.text(max_size=60), st.text(max_size=40))
SHARES = st.floats(min_value=0, max_value=1, exclude_min=True)


@given(IMAGES, SHARES, SHARES)
def test_an_image_stays_on_its_side_and_a_larger_share_keeps_what_a_smaller_one_had(
    image: tuple[str, str, str], one: float, other: float
) -> None:
    where = place("ab" * 32, *image)
    assert where == place("ab" * 32, *image)
    assert 0 <= where < 1
    small, large = sorted((one, other))
    assert falls_within(large, where) or not falls_within(small, where)
    assert falls_within(1.0, where)


def test_the_place_of_an_image_is_the_same_in_every_release() -> None:
    """A release that reckoned otherwise would move images from one side to the other in mid-trial."""
    assert place("ab" * 32, "uploads", "a/b.png", "etag") == pytest.approx(0.4685940859887524, abs=0)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5])
def test_a_share_of_the_uploads_is_that_share_of_them(share: float) -> None:
    """Within five standard deviations of 20,000 draws."""
    within = sum(falls_within(share, place("cd" * 32, "b", f"{n}.png", "v")) for n in range(20_000))
    assert abs(within - 20_000 * share) < 5 * (20_000 * share * (1 - share)) ** 0.5


def test_two_bundles_meet_other_images() -> None:
    """Half of the images of one half are in the other's half too, not all."""
    first = [place("ab" * 32, "b", f"{n}.png", "v") < 0.5 for n in range(2_000)]
    second = [place("cd" * 32, "b", f"{n}.png", "v") < 0.5 for n in range(2_000)]
    both = sum(one and other for one, other in zip(first, second, strict=True))
    assert 400 < both < 600


def test_names_that_read_the_same_when_put_together_are_two_images() -> None:
    assert place("ab", "b", "x\n1", "v") != place("ab", "b", "x", "1\nv")
