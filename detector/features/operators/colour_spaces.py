"""HSV and CIE Lab of 8-bit sRGB."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Pixels, Real
from detector.features.compiled import compiled

_UNIT = np.arange(256) / 255.0
_LINEAR = np.where(_UNIT > 0.04045, ((_UNIT + 0.055) / 1.055) ** 2.4, _UNIT / 12.92)
_XYZ = np.array(
    (
        (0.412453, 0.357580, 0.180423),
        (0.212671, 0.715160, 0.072169),
        (0.019334, 0.119193, 0.950227),
    )
)
_WHITE = np.array((0.95047, 1.0, 1.08883))
_TO_XYZ = _XYZ[:, :, None] * _LINEAR
"""(X Y Z, channel, level): what a channel of that level adds."""


def hsv(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """Hue as a share of the circle, saturation and value, each float64 (rows, columns) in [0, 1].

    Where several channels share the maximum, the rule of the last one in the order red, green, blue gives
    the hue; a pixel without chroma has hue and saturation 0.

    Source: hc148 specification, section 2.17.
    """
    return _hsv(rgb8, _UNIT)


@compiled
def _hsv(rgb8: Pixels, unit: Real) -> tuple[Real, Real, Real]:
    hue, saturation, value = np.zeros((3, *rgb8.shape[:2]))
    for y in range(rgb8.shape[0]):
        for x in range(rgb8.shape[1]):
            red, green, blue = unit[rgb8[y, x, 0]], unit[rgb8[y, x, 1]], unit[rgb8[y, x, 2]]
            brightest = max(red, green, blue)
            chroma = brightest - min(red, green, blue)
            value[y, x] = brightest
            if chroma > 0.0:
                sixths = (green - blue) / chroma
                if brightest == green:
                    sixths = 2.0 + (blue - red) / chroma
                if brightest == blue:
                    sixths = 4.0 + (red - green) / chroma
                hue[y, x] = sixths / 6.0 + (sixths < 0.0)
                saturation[y, x] = chroma / brightest
    return hue, saturation, value


def _compressed(ratio: Real) -> Real:
    """Cube root, with CIE's straight piece near zero."""
    return _straightened(np.cbrt(ratio).ravel(), ratio.ravel()).reshape(ratio.shape)


@compiled
def _straightened(root: Real, ratio: Real) -> Real:
    for i in range(ratio.size):
        root[i] = root[i] if ratio[i] > 0.008856 else 7.787 * ratio[i] + 16.0 / 116.0
    return root


@compiled
def _xyz(rgb8: Pixels, terms: Real, white: Real) -> Real:
    """X, Y, Z over those of white, (3, rows, columns)."""
    rows, columns, _ = rgb8.shape
    ratio = np.empty((3, rows, columns))
    for y in range(rows):
        for k in range(3):
            for x in range(columns):
                red, green, blue = rgb8[y, x, 0], rgb8[y, x, 1], rgb8[y, x, 2]
                ratio[k, y, x] = (terms[k, 0, red] + terms[k, 1, green] + terms[k, 2, blue]) / white[k]
    return ratio


def lab(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """CIE L* (0 to 100), a* and b* (about -128 to 128) under D65, each float64 (rows, columns).

    The matrix's rows don't sum exactly to the white point: neutral pixels have |a| < 0.003 and |b| < 0.005.

    Source: hc148 specification, section 2.16.
    """
    x, y, z = _compressed(_xyz(rgb8, _TO_XYZ, _WHITE))
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)
