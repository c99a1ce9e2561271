"""Order statistics: what stands at a given place when values are sorted.

A histogram finds the few values among which the wanted one is; only these are sorted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.features.arrays import Counts, Real
from detector.features.compiled import compiled

_BUCKETS = 8192


def in_order(values: Real, *places: int) -> list[float]:
    """The values at these places, 0 being the smallest, of all finite ``values`` in ascending order."""
    flat = np.ascontiguousarray(values).ravel()
    low, high = float(flat.min()), float(flat.max())
    if low == high:
        return [low] * len(places)
    bucket, counts = _buckets(flat, low, _BUCKETS / (high - low))
    reached = np.cumsum(counts)
    bucket_of = np.searchsorted(reached, places, side="right").tolist()
    ordered = {index: np.sort(flat[np.flatnonzero(bucket == index)]) for index in set(bucket_of)}
    before = np.concatenate(([0], reached))
    return [
        float(ordered[index][place - before[index]]) for place, index in zip(places, bucket_of, strict=True)
    ]


@compiled
def _buckets(values: Real, low: float, scale: float) -> tuple[npt.NDArray[np.int32], Counts]:
    """The bucket of each value and how many each has; the highest value alone has the last bucket.

    Subtraction and multiplication round monotonically: a smaller value is never in a later bucket.
    """
    bucket, counts = np.empty(values.size, dtype=np.int32), np.zeros(_BUCKETS + 2, dtype=np.intp)
    for i in range(values.size):
        bucket[i] = int((values[i] - low) * scale)
        counts[bucket[i]] += 1
    return bucket, counts


def percentiles(values: Real, *shares: float) -> list[float]:
    """Percentiles by linear interpolation between neighbours in order.

    Source: hc148 specification, section 2.4.
    """
    last = values.size - 1
    places = [divmod(last * share / 100.0, 1.0) for share in shares]
    ends = in_order(values, *(min(int(k) + more, last) for k, _ in places for more in (0, 1)))
    return [
        high - (high - low) * (1.0 - rest) if rest >= 0.5 else low + (high - low) * rest
        for low, high, (_, rest) in zip(ends[::2], ends[1::2], places, strict=True)
    ]


def median(values: Real) -> float:
    """The middle value; of an even number the mean of the two in the middle."""
    low, high = in_order(values, (values.size - 1) // 2, values.size // 2)
    return (low + high) / 2.0
