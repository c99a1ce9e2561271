"""Near-duplicates are found without misses, as comparing every pair would find them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.decode import decode
from detector.evaluation.deliveries import EVERY
from detector.perceptual import differing_bits, perceptual_hash
from detector.training.near_duplicates import WITHIN, near_pairs
from tests.pictures import Pixels, encode, painting

SEEDS = st.integers(-(2**63), 2**63 - 1)
FLIPS = st.sets(st.integers(0, 63), max_size=9)


def signed(value: int) -> int:
    return int(np.array(value & 0xFFFF_FFFF_FFFF_FFFF, np.uint64).astype(np.int64))


@given(
    seeds=st.lists(SEEDS, min_size=1, max_size=6),
    flips=st.lists(FLIPS, max_size=12),
    within=st.integers(0, 7),
)
def test_the_search_finds_what_comparing_every_pair_finds(
    seeds: list[int], flips: list[set[int]], within: int
) -> None:
    changed = [signed(seed ^ sum(1 << bit for bit in bits)) for seed in seeds for bits in flips]
    left, right = np.array(seeds, np.int64), np.array(changed, np.int64)
    expected = [
        (row, column)
        for row, column in itertools.product(range(len(left)), range(len(right)))
        if differing_bits(seeds[row], changed[column]) <= within
    ]
    assert [tuple(pair) for pair in near_pairs(left, right, within).tolist()] == expected


@pytest.mark.parametrize("within", [-1, 8])
def test_a_distance_that_the_bands_can_not_promise_is_refused(within: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to 7"):
        near_pairs(np.array([1]), np.array([1]), within)


def test_many_more_hashes_than_are_looked_up_at_once_are_all_found() -> None:
    rng = np.random.default_rng(1)
    left = rng.integers(-(2**62), 2**62, 20_000)
    right = left[::-1] ^ (1 << 40)
    pairs = near_pairs(left, right)
    assert len(pairs) == len(left)
    assert np.array_equal(pairs[:, 1], len(left) - 1 - pairs[:, 0])


@pytest.mark.parametrize("name", ["web", "hard", "instagram", "jpeg-30", "resize-128", "blur-1", "noise-15"])
def test_what_platforms_do_to_a_picture_leaves_it_a_near_duplicate(name: str) -> None:
    for seed in range(4):
        pixels = painting(150, 200, seed, strokes=20)
        assert differing_bits(hashed(pixels), hashed(EVERY[name](pixels))) <= WITHIN


def hashed(pixels: Pixels) -> int:
    return perceptual_hash(decode(encode(pixels)))
