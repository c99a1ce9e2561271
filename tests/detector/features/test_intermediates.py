"""Shared intermediates against the original's, bit for bit where it can be."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from detector.features.canvas import Canvas
from detector.features.groups.noise import noise_level
from detector.features.operators.canny import canny
from detector.features.operators.lbp import lbp
from detector.features.operators.luma import gray, gray8

from .golden import GOLDEN, pixels

_NAMES = {"astronaut": "01_astronaut", "text": "08_text", "circles": "21_circles"}


class _Reference:
    def __init__(self, name: str, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
        self.canvas = Canvas(pixels(GOLDEN / "pictures" / f"{_NAMES[name]}.png"))
        self._name, self._arrays = name, arrays

    def __getitem__(self, key: str) -> npt.NDArray[np.float64]:
        return self._arrays[f"{self._name}__{key}"].astype(np.float64)

    def mask(self, key: str) -> npt.NDArray[np.bool_]:
        packed = self[key].astype(np.uint8)
        return np.unpackbits(packed, axis=1)[:, :255].astype(np.bool_)


@pytest.fixture(scope="module")
def arrays() -> Iterator[dict[str, npt.NDArray[np.generic]]]:
    with np.load(GOLDEN / "intermediate.npz") as file:
        yield dict(file)


@pytest.fixture(params=sorted(_NAMES))
def reference(request: pytest.FixtureRequest, arrays: dict[str, npt.NDArray[np.generic]]) -> _Reference:
    return _Reference(request.param, arrays)


def test_gray_has_the_same_bits(reference: _Reference) -> None:
    assert np.array_equal(reference.canvas.gray, reference["gray"])


def test_gray8_has_the_same_levels(reference: _Reference) -> None:
    assert np.array_equal(reference.canvas.gray8, reference["gray8"])


@pytest.mark.parametrize(
    ("key", "sigma", "low", "high"),
    [("canny_s1", 1.0, 0.1, 0.2), ("canny_s1_5", 1.5, 0.1, 0.2), ("canny_s1_lo0.1_hi0.3", 1.0, 0.1, 0.3)],
)
def test_edge_maps_agree_in_every_pixel(
    reference: _Reference, key: str, sigma: float, low: float, high: float
) -> None:
    assert np.array_equal(reference.canvas.edges(sigma, low, high), reference.mask(key))
    assert np.array_equal(canny(reference.canvas.gray, sigma, low, high), reference.mask(key))


@pytest.mark.parametrize(("points", "radius"), [(8, 1), (16, 2), (24, 3)])
def test_binary_patterns_agree_in_every_pixel(reference: _Reference, points: int, radius: int) -> None:
    codes = lbp(reference.canvas.gray8, points, radius)
    assert np.array_equal(codes, reference[f"lbp_{points}_{radius}"])


def test_oriented_gradients_agree(reference: _Reference) -> None:
    for cell in (16, 32):
        np.testing.assert_allclose(reference.canvas.hog(cell), reference[f"hog_{cell}"], rtol=0, atol=3e-7)
    fine = reference.canvas.hog(8)[:1296]
    np.testing.assert_allclose(fine, reference["hog_8_first1296"], rtol=0, atol=3e-7)


def test_noise_levels_agree(reference: _Reference) -> None:
    assert noise_level(reference.canvas.gray) == pytest.approx(float(reference["sigma_n"]), rel=1e-12)


def test_an_edge_map_of_one_patch_agrees(arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    patch = _Reference("astronaut", arrays).canvas.gray[64:96, 96:128]
    assert np.array_equal(canny(patch), arrays["astronaut__canny_patch_r64_c96"])


def test_gray8_of_the_listed_colours_is_one_below_the_whole_number() -> None:
    with (GOLDEN / "gray8_exceptions.csv").open(newline="") as file:
        rows = [{name: int(text) for name, text in row.items()} for row in csv.DictReader(file)]
    colours = np.array([[row["R"], row["G"], row["B"]] for row in rows], dtype=np.uint8)[None]
    assert gray8(gray(colours)).tolist() == [[row["gray8"] for row in rows]]
    assert all(row["gray8"] == row["exact_integer"] - 1 for row in rows)


def test_gray8_of_all_other_colours_is_the_floor_of_the_exact_weights() -> None:
    """A sixteenth of all colours: every fourth red and green, all blues, and all neutral levels."""
    with (GOLDEN / "gray8_exceptions.csv").open(newline="") as file:
        listed = {(int(row["R"]), int(row["G"]), int(row["B"])) for row in csv.DictReader(file)}
    steps = np.arange(0, 256, 4), np.arange(0, 256, 4), np.arange(256)
    colours = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3)
    colours = np.concatenate((colours, np.repeat(np.arange(256)[:, None], 3, axis=1)))
    expected = (colours @ np.array([2125, 7154, 721])) // 10000
    got = gray8(gray(colours[None].astype(np.uint8)))[0].astype(np.int64)
    differing = {tuple(colour) for colour in colours[got != expected].tolist()}
    looked_at = {(r, g, b) for r, g, b in listed if (r % 4 == 0 and g % 4 == 0) or r == g == b}
    assert differing == looked_at
