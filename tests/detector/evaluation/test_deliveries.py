"""Deliveries change pictures as they say, and keep what they must."""

from __future__ import annotations

import numpy as np
import pytest

from detector.evaluation.deliveries import (
    EVERY,
    PERTURBATIONS,
    PLATFORMS,
    TIERS,
    Pixels,
    pad,
    pad_to_square,
    shrink_by,
)


def _picture(height: int, width: int) -> Pixels:
    rng = np.random.default_rng(1)
    rows = np.linspace(0, 200, height)[:, None, None]
    return np.clip(rows + rng.normal(0, 20, (height, width, 3)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", EVERY)
def test_each_gives_pixels_again_and_the_same_each_time(name: str) -> None:
    picture = _picture(150, 200)
    kept = picture.copy()

    found = EVERY[name](picture)

    assert found.dtype == np.uint8
    assert found.ndim == 3
    assert found.flags.c_contiguous
    assert np.array_equal(found, EVERY[name](picture))
    assert np.array_equal(picture, kept)
    assert np.array_equal(found, picture) == (name == "clean")


def test_there_are_three_tiers_four_platforms_and_fourteen_kinds_of_damage() -> None:
    assert [delivery.name for delivery in TIERS] == ["clean", "web", "hard"]
    assert [delivery.name for delivery in PLATFORMS] == ["x", "instagram", "discord", "tumblr"]
    assert len(PERTURBATIONS) == 14
    assert len(EVERY) == 21


@pytest.mark.parametrize(
    ("name", "size", "after"),
    [
        ("web", (1000, 1536), (500, 768)),
        ("hard", (1000, 500), (512, 256)),
        ("hard", (300, 200), (300, 200)),
        ("instagram", (540, 2160), (270, 1080)),
        ("discord", (2000, 4000), (1414, 2828)),
        ("crop-50", (100, 200), (50, 100)),
        ("resize-64", (100, 200), (100, 200)),
    ],
)
def test_sizes(name: str, size: tuple[int, int], after: tuple[int, int]) -> None:
    assert EVERY[name](_picture(*size)).shape[:2] == after


def test_what_is_smaller_already_says_nothing_of_a_tier() -> None:
    assert not EVERY["web"].measurable(768, 500)
    assert EVERY["web"].measurable(769, 500)
    assert not EVERY["hard"].measurable(70, 600)  # 60 pixels would be left
    assert EVERY["clean"].measurable(100, 100)


def test_stronger_damage_is_further_from_the_picture() -> None:
    picture = _picture(200, 200)

    def distance(name: str) -> float:
        return float(np.abs(EVERY[name](picture).astype(float) - picture).mean())

    for kind, weaker, stronger in [("noise", 5, 30), ("blur", 1, 3), ("resize", 128, 64), ("jpeg", 70, 30)]:
        assert distance(f"{kind}-{weaker}") < distance(f"{kind}-{stronger}")


def test_a_frame_goes_round_the_whole_picture() -> None:
    picture = _picture(100, 200)
    framed = pad(picture, share=0.1, level=255)
    assert framed.shape == (120, 220, 3)
    assert np.array_equal(framed[10:110, 10:210], picture)
    assert (framed[:10] == 255).all()
    assert (framed[:, -10:] == 255).all()


@pytest.mark.parametrize("size", [(100, 201), (201, 100)])
def test_bars_make_a_picture_square_to_a_pixel(size: tuple[int, int]) -> None:
    picture = _picture(*size)
    squared = pad_to_square(picture, level=0)
    assert squared.shape[:2] in {(200, 201), (201, 200)}
    top, left = (0, 50) if size[0] > size[1] else (50, 0)
    assert np.array_equal(squared[top : top + size[0], left : left + size[1]], picture)
    assert not squared[:top].any()
    assert not squared[:, :left].any()


def test_shrinking_by_a_share_never_enlarges() -> None:
    assert shrink_by(_picture(100, 200), factor=0.75).shape[:2] == (75, 150)
    assert shrink_by(_picture(100, 200), factor=2.0).shape[:2] == (100, 200)
