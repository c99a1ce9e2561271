"""The input rule, pixel by pixel."""

from __future__ import annotations

from math import trunc
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.features.arrays import Pixels
from detector.features.operators.resize import to_canvas

from .golden import GOLDEN, ODD_SIZES, PICTURES, pixels


@pytest.mark.parametrize("path", ODD_SIZES, ids=lambda path: path.stem)
def test_every_pixel_of_the_golden_resizes_agrees(path: Path) -> None:
    (expected,) = GOLDEN.glob(f"resize/expected_255/{path.stem.split('_')[0]}_*")
    assert np.array_equal(to_canvas(pixels(path)), pixels(expected))


def test_a_picture_of_the_canvas_size_is_left_alone() -> None:
    rgb = pixels(PICTURES[0])
    assert np.array_equal(to_canvas(rgb), rgb)


def _weight(x: float) -> float:
    x = abs(x)
    if x < 1:
        return (1.5 * x - 2.5) * x * x + 1
    return -0.5 * (((x - 5) * x + 8) * x - 4) if x < 2 else 0.0


def _taps(size: int, position: int) -> tuple[int, list[int]]:
    """First input sample and fixed-point weights of an output sample, as the specification words it."""
    scale = size / 255
    stretch = max(scale, 1.0)
    centre = (position + 0.5) * scale
    first = max(0, trunc(centre - 2 * stretch + 0.5))
    last = min(size, trunc(centre + 2 * stretch + 0.5))
    weights = [_weight((j - centre + 0.5) * (1 / stretch)) for j in range(first, last)]
    shares = [weight / sum(weights) for weight in weights]
    return first, [trunc(share * 2**22 + (0.5 if share >= 0 else -0.5)) for share in shares]


def _pass(lines: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Resize the first axis to 255."""
    out = np.empty((255, *lines.shape[1:]), dtype=np.int64)
    for i in range(255):
        first, taps = _taps(lines.shape[0], i)
        total = sum(tap * lines[first + j] for j, tap in enumerate(taps))
        out[i] = np.clip((2**21 + total) >> 22, 0, 255)
    return out


def _by_the_book(rgb: Pixels) -> npt.NDArray[np.int64]:
    lines = rgb.astype(np.int64).swapaxes(0, 1)
    lines = (lines if lines.shape[0] == 255 else _pass(lines)).swapaxes(0, 1)
    return lines if lines.shape[0] == 255 else _pass(lines)


@settings(max_examples=12, deadline=None)
@given(
    height=st.one_of(st.integers(1, 700), st.just(255)),
    width=st.one_of(st.integers(1, 700), st.just(255)),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_size_follows_the_rule_in_the_specification(height: int, width: int, seed: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert np.array_equal(to_canvas(rgb), _by_the_book(rgb))
