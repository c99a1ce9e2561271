"""HSV and CIE Lab of 8-bit sRGB."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Pixels, Real
from detector.features.operators.planes import channels, lookup

_UNIT = np.arange(256) / 255.0
_LINEAR = np.where(_UNIT > 0.04045, ((_UNIT + 0.055) / 1.055) ** 2.4, _UNIT / 12.92)
_XYZ = np.array(
    (
        (0.412453, 0.357580, 0.180423),
        (0.212671, 0.715160, 0.072169),
        (0.019334, 0.119193, 0.950227),
    )
)
_WHITE = (0.95047, 1.0, 1.08883)
_TO_XYZ = _XYZ[:, :, None] * _LINEAR
"""(X Y Z, channel, level): what a channel of that level adds."""


def hsv(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """Hue as a share of the circle, saturation and value, each float64 (rows, columns) in [0, 1].

    Where several channels share the maximum, the rule of the last one in the order red, green, blue gives
    the hue; a pixel without chroma has hue and saturation 0.

    Source: hc148 specification, section 2.17.
    """
    red8, green8, blue8 = channels(rgb8)
    value8 = np.maximum(np.maximum(red8, green8), blue8)
    red, green, blue, value = (lookup(levels, _UNIT) for levels in (red8, green8, blue8, value8))
    chroma = value - lookup(np.minimum(np.minimum(red8, green8), blue8), _UNIT)
    # Differences are 0 where chroma is, and so are hue and saturation: any divisor will do there.
    divisor = np.maximum(chroma, np.finfo(np.float64).tiny)
    hue = green - blue
    hue /= divisor
    for level8, turn, ahead, behind in ((green8, 2.0, blue, red), (blue8, 4.0, red, green)):
        np.copyto(hue, turn + (ahead - behind) / divisor, where=level8 == value8)
    hue /= 6.0
    hue += hue < 0.0
    hue *= chroma > 0.0
    return hue, chroma / np.maximum(value, np.finfo(np.float64).tiny), value


def _compressed(ratio: Real) -> Real:
    """Cube root, with CIE's straight piece near zero."""
    root = np.cbrt(ratio)
    dark = ratio <= 0.008856
    if dark.any():
        root[dark] = 7.787 * ratio[dark] + 16.0 / 116.0
    return root


def lab(rgb8: Pixels) -> tuple[Real, Real, Real]:
    """CIE L* (0 to 100), a* and b* (about -128 to 128) under D65, each float64 (rows, columns).

    The matrix's rows don't sum exactly to the white point: neutral pixels have |a| < 0.003 and |b| < 0.005.

    Source: hc148 specification, section 2.16.
    """
    red, green, blue = channels(rgb8)
    x, y, z = (
        _compressed((lookup(red, r) + lookup(green, g) + lookup(blue, b)) / white)
        for (r, g, b), white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)
