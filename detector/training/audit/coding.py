"""How a JPEG was coded, read from its header: quality, thinning of colours, passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.training.audit.segments import Segment

_STANDARD = np.array(
    [
        *(16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40),
        *(26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51),
        *(56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87),
        *(95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99),
    ]
)
"""Luminance, in the file's zigzag order: ITU-T T.81, table K.1."""
_QUALITIES = np.arange(1, 101)
_SCALES = np.where(_QUALITIES < 50, 5000 // _QUALITIES, 200 - 2 * _QUALITIES)
_TABLES = np.clip((_STANDARD * _SCALES[:, None] + 50) // 100, 1, 255)
"""(100, 64): what libjpeg writes at each quality."""
_QUANTISATION = 0xDB
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What a JPEG's header says; nan where it says nothing."""

    quality: float
    """The quality, 1 to 100, at which libjpeg's table of luminance is nearest to the file's."""
    chroma: float
    """Samples of luminance for each of a colour: 1 (4:4:4), 2 (4:2:2) or 4 (4:2:0)."""
    progressive: bool


def coding(pieces: Sequence[Segment]) -> Coding:
    """How a JPEG of these segments was coded."""
    table, chroma, progressive = None, float("nan"), False
    for piece in pieces:
        if piece.marker == _QUANTISATION and table is None:
            table = _luminance(piece.payload)
        if piece.marker in _FRAMES:
            chroma = _chroma(piece.payload)
            progressive = piece.marker in _PROGRESSIVE
    quality = float("nan") if table is None else quality_of(table)
    return Coding(quality=quality, chroma=chroma, progressive=progressive)


def quality_of(table: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """The quality at which libjpeg's table is nearest in the sum of differences; the lowest of equals.

    Args:
        table: (64,) steps of luminance in zigzag order.
    """
    return float(_QUALITIES[np.abs(_TABLES - table).sum(axis=1).argmin()])


def _luminance(payload: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """The first table of a segment, where it is number 0 and whole."""
    if not payload or payload[0] & 0x0F:
        return None
    kind = ">u2" if payload[0] >> 4 else "u1"
    steps = np.frombuffer(payload[1 : 1 + 64 * np.dtype(kind).itemsize], dtype=kind)
    return steps.astype(np.int64) if len(steps) == 64 else None


def _chroma(payload: bytes) -> float:
    """From the sampling factors of the first two of three components; nan of other numbers of them."""
    if len(payload) < 15 or payload[5] != 3:
        return float("nan")
    luma, colour = payload[7], payload[10]
    samples = (colour >> 4) * (colour & 15)
    return (luma >> 4) * (luma & 15) / samples if samples else float("nan")
