"""One-dimensional correlation with even and odd kernels, as a wave's cosine and sine are.

Pairs of samples equally far from the centre share their weights. The loops are compiled for each half width
and direction: what the compiler knows of the taps lets it keep sums in registers, eight times as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np

from detector.features.arrays import Single
from detector.features.compiled import compiled_sum

Blur: TypeAlias = Callable[[Single, Single], Single]
Wave: TypeAlias = Callable[[Single, Single, Single], tuple[Single, Single]]


@cache
def blur(half: int, step: int) -> Blur:
    """Correlate with an even kernel of ``2 half + 1`` taps that lie ``step`` samples apart.

    Along a row of a picture in raster order ``step`` is 1, along its columns a row's width.

    Returns:
        A function of float32 samples (n,) and the kernel's weights, float32 (half + 1,) from the middle
        outwards. It gives float32 (n - 2 half step,).
    """
    margin = half * step

    def blurred(samples: Single, even: Single) -> Single:
        response = np.empty(samples.size - 2 * margin, dtype=np.float32)
        for x in range(response.size):
            first = np.uintp(x)  # no index is counted from the end: unsigned ones save that question
            total = samples[first + np.uintp(margin)] * even[0]
            for k in range(1, half + 1):
                before = samples[first + np.uintp(margin - k * step)]
                total += (samples[first + np.uintp(margin + k * step)] + before) * even[k]
            response[first] = total
        return response

    return compiled_sum(blurred)


@cache
def wave(half: int, step: int) -> Wave:
    """Correlate with an even and an odd kernel at once: see `blur`.

    Returns:
        A function of the samples and the weights of both kernels, the odd one's before the middle having
        the other sign. It gives both responses.
    """
    margin = half * step

    def responses(samples: Single, even: Single, odd: Single) -> tuple[Single, Single]:
        count = samples.size - 2 * margin
        symmetric, antisymmetric = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.float32)
        for x in range(count):
            first = np.uintp(x)
            both, change = samples[first + np.uintp(margin)] * even[0], np.float32(0.0)
            for k in range(1, half + 1):
                before = samples[first + np.uintp(margin - k * step)]
                after = samples[first + np.uintp(margin + k * step)]
                both += (after + before) * even[k]
                change += (after - before) * odd[k]
            symmetric[first], antisymmetric[first] = both, change
        return symmetric, antisymmetric

    return compiled_sum(responses)
