"""HSV and CIE Lab of 8-bit sRGB."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Levels, Pixels, Real
from detector.features.compiled import compiled
from detector.features.operators.planes import channels

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


def hsv(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """Hue as a share of the circle, saturation and value, each float64 (rows, columns) in [0, 1].

    Where several channels share the maximum, the rule of the last one in the order red, green, blue gives
    the hue; a pixel without chroma has hue and saturation 0.

    Source: hc148 specification, section 2.17.
    """
    hue, saturation, value = _hsv(*(plane.ravel() for plane in channels(rgb8))).reshape(3, *rgb8.shape[:2])
    return hue, saturation, value


@compiled
def _hsv(red8: Levels, green8: Levels, blue8: Levels) -> Real:
    """Every rule is computed of each pixel and then chosen from: a loop without branches is faster."""
    planes = np.empty((3, red8.size))
    hue, saturation, value = planes
    for i in range(red8.size):
        red, green, blue = red8[i] / 255.0, green8[i] / 255.0, blue8[i] / 255.0
        brightest = max(red, green, blue)
        chroma = brightest - min(red, green, blue)
        sixths = (green - blue) / chroma
        sixths = 2.0 + (blue - red) / chroma if green == brightest else sixths
        sixths = 4.0 + (red - green) / chroma if blue == brightest else sixths
        turn = sixths / 6.0
        turn = turn + 1.0 if sixths < 0.0 else turn
        share = chroma / brightest
        hue[i] = turn if chroma > 0.0 else 0.0
        saturation[i] = share if chroma > 0.0 else 0.0
        value[i] = brightest
    return planes


@compiled
def _xyz(red8: Levels, green8: Levels, blue8: Levels) -> Real:
    """X, Y, Z over those of white, (3, n)."""
    ratios = np.empty((3, red8.size))
    for i in range(red8.size):
        red, green, blue = _LINEAR[red8[i]], _LINEAR[green8[i]], _LINEAR[blue8[i]]
        for k in range(3):
            ratios[k, i] = (_XYZ[k, 0] * red + _XYZ[k, 1] * green + _XYZ[k, 2] * blue) / _WHITE[k]
    return ratios


@compiled
def _lab(ratios: Real, roots: Real) -> Real:
    """L*, a*, b* of ratios to white and their cube roots, (3, n), with CIE's straight piece near zero."""
    for k in range(3):
        ratio, root = ratios[k], roots[k]
        for i in range(root.size):
            root[i] = root[i] if ratio[i] > 0.008856 else 7.787 * ratio[i] + 16.0 / 116.0
    planes = np.empty_like(ratios)
    lightness, a, b = planes
    x, y, z = roots
    for i in range(y.size):
        lightness[i] = 116.0 * y[i] - 16.0
        a[i], b[i] = 500.0 * (x[i] - y[i]), 200.0 * (y[i] - z[i])
    return planes


def lab(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """CIE L* (0 to 100), a* and b* (about -128 to 128) under D65, each float64 (rows, columns).

    The matrix's rows don't sum exactly to the white point: neutral pixels have |a| < 0.003 and |b| < 0.005.

    Source: hc148 specification, section 2.16.
    """
    ratios = _xyz(*(plane.ravel() for plane in channels(rgb8)))
    lightness, a, b = _lab(ratios, np.cbrt(ratios)).reshape(3, *rgb8.shape[:2])
    return lightness, a, b
