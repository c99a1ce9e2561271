"""What the plain groups share: the canvas, and the formulas of the specification's section 2."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import stats
from skimage.feature import canny, hog

Array = npt.NDArray[np.float64]
Map = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Values = dict[str, float]

EPS0 = 1e-10


@dataclass(frozen=True)
class Plain:
    """One picture after the input rule. Nothing but the gray levels is shared between groups."""

    rgb: Bytes

    @cached_property
    def u(self) -> Array:
        return self.rgb / 255.0 if self.rgb.max() > 1 else self.rgb.astype(np.float64)

    @cached_property
    def rgb8(self) -> Bytes:
        return self.rgb if self.rgb.max() > 1 else self.rgb * np.uint8(255)

    @cached_property
    def gray(self) -> Array:
        gray: Array = self.u @ np.array([0.2125, 0.7154, 0.0721])
        return gray

    @cached_property
    def gray8(self) -> Bytes:
        return (255.0 * self.gray).astype(np.uint8)


def plain(rgb: Bytes) -> Plain:
    """Resize to 255 x 255, first along the rows, then along the columns."""
    image = Image.fromarray(rgb)
    image = image.resize((255, image.height), Image.Resampling.BICUBIC)
    return Plain(np.asarray(image.resize((255, 255), Image.Resampling.BICUBIC)))


def entropy(counts: Array | npt.NDArray[np.intp]) -> float:
    p = (counts + EPS0) / (counts + EPS0).sum()
    return float(-(p * np.log(p)).sum())


def kurtosis_and_skewness(values: Array) -> tuple[float, float]:
    flat = values.ravel()
    if flat.var() <= (np.finfo(np.float64).eps * flat.mean()) ** 2:
        return np.nan, np.nan
    return float(stats.kurtosis(flat)), float(stats.skew(flat))


def edges(image: Array, sigma: float = 1.0, low: float = 0.1, high: float = 0.2) -> Map:
    found: Map = canny(image, sigma=sigma, low_threshold=low, high_threshold=high)
    return found


def oriented_gradients(image: Array, cell: int) -> Array:
    vector: Array = hog(image, orientations=9, pixels_per_cell=(cell, cell), cells_per_block=(2, 2))
    return vector


def patches(image: Array, size: int) -> list[Array]:
    starts = range(0, 255 - size, size)
    return [image[y : y + size, x : x + size] for y in starts for x in starts]


def variation(values: Array) -> float:
    return float(np.std(values) / (abs(np.mean(values)) + EPS0))


def correlation(a: Array, b: Array) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
