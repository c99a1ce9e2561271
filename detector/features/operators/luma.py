"""Gray with the one rounding that the schema fixes, whatever the processor or the BLAS at hand."""

from __future__ import annotations

from functools import cache

import numpy as np

from detector.features.arrays import SIDE, Levels, Pixels, Real
from detector.features.operators.planes import lookup

_RED, _GREEN, _BLUE = 0.2125, 0.7154, 0.0721
_LEVELS = np.arange(256) / 255.0
_WEIGHTS = np.array((_RED, _GREEN, _BLUE))
_SPLITTER = 2.0**27 + 1.0


def _exact_products(weight: float) -> tuple[Real, Real]:
    """Products ``weight * level / 255`` of all 256 levels as rounded value and exact error (Dekker 1971)."""
    rounded = weight * _LEVELS
    scaled = _SPLITTER * weight
    weight_high = scaled - (scaled - weight)
    weight_low = weight - weight_high
    carried = _SPLITTER * _LEVELS
    level_high = carried - (carried - _LEVELS)
    level_low = _LEVELS - level_high
    error = weight_high * level_high - rounded
    error += weight_high * level_low
    error += weight_low * level_high
    error += weight_low * level_low
    return rounded, error


_GREEN_TERM = _GREEN * _LEVELS
_RED_TERM, _RED_ERROR = _exact_products(_RED)
_BLUE_TERM, _BLUE_ERROR = _exact_products(_BLUE)


def _add_once_rounded(product: Real, error: Real, addend: Real) -> Real:
    """``(product + error) + addend`` rounded once: Knuth's error-free sum, then the two errors."""
    total = product + addend
    virtual = total - product
    lost = (product - (total - virtual)) + (addend - virtual)
    lost += error
    total += lost
    return total


def _gray_exactly(rgb8: Pixels) -> Real:
    """The definition, whatever the processor."""
    red, green, blue = rgb8[..., 0], rgb8[..., 1], rgb8[..., 2]
    inner = _add_once_rounded(_RED_TERM[red], _RED_ERROR[red], _GREEN_TERM[green])
    return _add_once_rounded(_BLUE_TERM[blue], _BLUE_ERROR[blue], inner)


def _gray_by_product(rgb8: Pixels) -> Real:
    """The same by the BLAS at hand: its fused kernels round as the definition does, others don't."""
    product: Real = lookup(rgb8, _LEVELS) @ _WEIGHTS
    return product


@cache
def _product_is_exact() -> bool:
    """Whether the BLAS at hand is a fused one, by 65025 colours spread over the cube and all neutral ones."""
    colours = (np.arange(SIDE * SIDE) * 2579 % 2**24)[:, None] >> np.array((16, 8, 0)) & 255
    colours[:256] = np.arange(256)[:, None]
    probe = colours.astype(np.uint8).reshape(SIDE, SIDE, 3)
    return bool(np.array_equal(_gray_by_product(probe), _gray_exactly(probe)))


def gray(rgb8: Pixels) -> Real:
    """Luma ``0.2125 R + 0.7154 G + 0.0721 B`` of channels over 255.

    ``fma(0.0721, b, fma(0.2125, r, 0.7154 g))``, each fma rounded once. numpy's matrix product gives just
    this on processors with FMA and other last bits elsewhere; last bits decide the truncation of gray8, so
    where it does not, they are computed by error-free sums from tables of the 256 levels.

    Args:
        rgb8: uint8 (rows, columns, 3) after the scale rule.

    Returns:
        float64 (rows, columns) in [0, 1]; white is exactly 1.

    Source: hc148 specification, section 1.2.
    """
    return _gray_by_product(rgb8) if _product_is_exact() else _gray_exactly(rgb8)


def gray8(luma: Real) -> Levels:
    """Truncate ``255 * luma`` to integer levels.

    Truncation, not rounding: 13 of the 256 neutral levels come out one lower, as they did in the original
    (specification, section 5.7).
    """
    return (255.0 * luma).astype(np.uint8)
