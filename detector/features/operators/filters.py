"""Gaussian blur and Sobel differences in the order of summation that the edge maps depend on."""

from __future__ import annotations

from typing import Literal, cast

import cv2
import numpy as np
from scipy import ndimage

from detector.features.arrays import Real
from detector.features.operators.planes import transposed

Border = Literal["reflect", "constant"]
"""scipy's names: half-sample symmetric, and zero."""


def gaussian(image: Real, sigma: float, border: Border) -> Real:
    """Blur the last two axes with a Gaussian cut at ``trunc(4 sigma + 0.5)``.

    Args:
        image: float64 (..., rows, columns); leading axes are a stack of pictures.
        sigma: standard deviation in pixels.
        border: what lies outside.

    Source: hc148 specification, section 2.6. OpenCV's separable filter sums in another order, which moves
    Canny pixels.
    """
    axes = (image.ndim - 2, image.ndim - 1)
    blurred: Real = ndimage.gaussian_filter(image, sigma, mode=border, cval=0.0, axes=axes)
    return blurred


def _difference_then_smooth(image: Real) -> Real:
    """Central difference along the last axis, ``1 2 1`` along the one before, half-sample symmetric."""
    slope = np.empty_like(image)
    np.subtract(image[..., 2:], image[..., :-2], out=slope[..., 1:-1])
    np.subtract(image[..., 1], image[..., 0], out=slope[..., 0])
    np.subtract(image[..., -1], image[..., -2], out=slope[..., -1])
    smooth = 2.0 * slope
    smooth[..., 1:-1, :] += slope[..., :-2, :] + slope[..., 2:, :]
    smooth[..., 0, :] += slope[..., 0, :] + slope[..., 1, :]
    smooth[..., -1, :] += slope[..., -2, :] + slope[..., -1, :]
    return smooth


def _sobel_x(image: Real) -> Real:
    """OpenCV's D_x of one picture has the same order of summation; its D_y has not."""
    return cast("Real", cv2.Sobel(image, cv2.CV_64F, 1, 0, borderType=cv2.BORDER_REFLECT))


def sobel(image: Real) -> tuple[Real, Real]:
    """Sobel differences (D_y, D_x) of the last two axes, gain 8 on a unit ramp, not normalised.

    The difference comes first, then ``2 centre + (left + right)`` across it: exactly symmetric surroundings
    give exact zeros, on which the direction codes of edge co-occurrence stand.

    Args:
        image: float64 (..., rows, columns) with at least 2 rows and columns.

    Source: hc148 specification, section 2.7.
    """
    if image.ndim == 2:
        return transposed(_sobel_x(transposed(image))), _sobel_x(image)
    upright = np.ascontiguousarray(image.swapaxes(-1, -2))
    vertical = np.ascontiguousarray(_difference_then_smooth(upright).swapaxes(-1, -2))
    return vertical, _difference_then_smooth(image)
