"""HSV and CIE Lab of 8-bit sRGB."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Pixels, Real

_UNIT = np.arange(256) / 255.0
_LINEAR = np.where(_UNIT > 0.04045, ((_UNIT + 0.055) / 1.055) ** 2.4, _UNIT / 12.92)
_XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
_WHITE = (0.95047, 1.0, 1.08883)


def hsv(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """Hue as a share of the circle, saturation and value, each float64 (rows, columns) in [0, 1].

    Where several channels share the maximum, the rule of the last one in the order red, green, blue gives
    the hue; a pixel without chroma has hue and saturation 0.

    Source: hc148 specification, section 2.17.
    """
    red, green, blue = (_UNIT[rgb8[..., c]] for c in range(3))
    value = np.maximum(np.maximum(red, green), blue)
    chroma = value - np.minimum(np.minimum(red, green), blue)
    coloured = chroma > 0.0
    safe = np.where(coloured, chroma, 1.0)
    sextant = np.where(red == value, (green - blue) / safe, 0.0)
    sextant = np.where(green == value, 2.0 + (blue - red) / safe, sextant)
    sextant = np.where(blue == value, 4.0 + (red - green) / safe, sextant)
    hue = np.where(coloured, (sextant / 6.0) % 1.0, 0.0)
    saturation = np.where(coloured, chroma / np.where(coloured, value, 1.0), 0.0)
    return hue, saturation, value


def _compressed(ratio: Real) -> Real:
    """Cube root, with CIE's straight piece near zero."""
    return np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16.0 / 116.0)


def lab(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """CIE L* (0 to 100), a* and b* (about -128 to 128) under D65, each float64 (rows, columns).

    The matrix's rows don't sum exactly to the white point: neutral pixels have |a| < 0.003 and |b| < 0.005.

    Source: hc148 specification, section 2.16.
    """
    red, green, blue = (_LINEAR[rgb8[..., c]] for c in range(3))
    x, y, z = (
        _compressed((row[0] * red + row[1] * green + row[2] * blue) / white)
        for row, white in zip(_XYZ, _WHITE, strict=True)
    )
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)
