"""Near-duplicates between two sets of pictures, found without comparing every pair."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.int64]
"""Perceptual hashes, int64[n]."""
Pairs = npt.NDArray[np.intp]
"""Positions in both sets, intp[n, 2]."""

WITHIN = 6
"""Bits of 64 up to which two pictures count as one. In a corpus of 1,561 pictures no two are closer than 10,
while re-encoding, resizing to 64 pixels, blur and noise move a picture by at most 4. Crops move it by more
than 20 and are not found; all pictures of one flat colour count as one."""

_BANDS = 4
_BAND_BITS = 16
_BAND = (1 << _BAND_BITS) - 1
_FARTHEST = 2 * _BANDS - 1
_AT_ONCE = 8192


def near_pairs(left: Hashes, right: Hashes, within: int = WITHIN) -> Pairs:
    """Every pair of a hash of one set and a hash of the other that differ in few bits, without misses.

    Multi-index hashing (Norouzi, Punjani and Fleet 2012, https://doi.org/10.1109/CVPR.2012.6248043, section
    2): of four bands of 16 bits, hashes that differ in at most 7 bits have one that differs in at most one
    bit. So each band of the right side is sorted once, and each hash of the left one looks up 17 values in
    it (1 where ``within`` is under 4). That is O((n + m) log m) and the candidates, of which hashes that are
    spread evenly have about 4 x 17 x n x m / 65,536.

    Args:
        left: distinct hashes of one set.
        right: distinct hashes of the other.
        within: differing bits up to which a pair is near, 0 to 7.

    Returns:
        Positions in ``left`` and ``right``, in that order, each pair once.

    Raises:
        ValueError: ``within`` is out of range.
    """
    if not 0 <= within <= _FARTHEST:
        raise ValueError(f"{within} bits are out of range: expected 0 to {_FARTHEST}")
    flips = [0] if within < _BANDS else [0, *(1 << bit for bit in range(_BAND_BITS))]
    found = [np.empty((0, 2), np.intp)]
    for band in range(_BANDS):
        keys = _band(right, band)
        order = np.argsort(keys, kind="stable")
        for start in range(0, len(left), _AT_ONCE):
            asked = left[start : start + _AT_ONCE]
            for rows, columns in _candidates(_band(asked, band), keys[order], flips):
                others = order[columns]
                differing = asked[rows] ^ right[others]
                near = np.bitwise_count(differing.view(np.uint64)) <= within  # of an int64 it counts |x|
                found.append(np.column_stack((rows[near] + start, others[near])))
    return np.unique(np.concatenate(found), axis=0)


def _band(hashes: Hashes, band: int) -> npt.NDArray[np.int64]:
    return (hashes >> (band * _BAND_BITS)) & _BAND


def _candidates(
    asked: npt.NDArray[np.int64], keys: npt.NDArray[np.int64], flips: list[int]
) -> Iterator[tuple[Pairs, Pairs]]:
    """Positions in ``asked`` and in the sorted ``keys`` that agree, for each flip of the asked ones."""
    for flip in flips:
        first = np.searchsorted(keys, asked ^ flip, "left")
        counts = np.searchsorted(keys, asked ^ flip, "right") - first
        rows = np.repeat(np.arange(len(asked)), counts)
        within_run = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        yield rows, np.repeat(first, counts) + within_run
