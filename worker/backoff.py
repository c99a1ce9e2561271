"""How long to wait before the next try. Pure: the dice are an argument."""

from __future__ import annotations

from collections.abc import Callable


def backoff(failures: int, *, first: float, longest: float, dice: Callable[[], float]) -> float:
    """Seconds to wait after so many failures: doubling, bounded, spread.

    ``min(longest, first * 2 ** (failures - 1))``, of which the upper half is left to chance, so that
    what failed together does not come back together.

    Args:
        failures: how many there have been, at least 1.
        first: the delay after the first one, in seconds.
        longest: the bound, in seconds.
        dice: gives numbers from 0 to 1.
    """
    whole = min(longest, first * 2.0 ** min(failures - 1, 64))
    return whole * (0.5 + 0.5 * dice())
