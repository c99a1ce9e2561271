"""Stage `decode`: large uploads from bytes to the canvas, beside OpenCV's reading of the same bytes.

OpenCV knows neither profiles nor the rules of transparency and reads the same formats with the same two
libraries: it stands for what reading costs without any rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np

from detector.decode import DecodeLimits, decode
from detector.features.operators.resize import to_canvas
from tests.benchmarks.report import Figures
from tests.benchmarks.stopwatch import milliseconds
from tests.pictures import encode, painting
from worker.decoding import DecoderProcess


def measure(*, smoke: bool) -> Figures:
    """A JPEG of 12 megapixels and a PNG of 4, here and in a decoder process, wall time."""
    cv2.setNumThreads(1)
    side, rounds = (64, 1) if smoke else (1000, 7)
    tile = painting(side, side)
    uploads = {
        "jpeg_12_megapixels": encode(np.tile(tile, (3, 4, 1)), "JPEG", quality=90),
        "png_4_megapixels": encode(np.tile(tile, (2, 2, 1)), "PNG"),
    }
    figures: Figures = {}
    process = DecoderProcess(DecodeLimits(), seconds=60, memory=2 * 2**30)
    try:
        for name, data in uploads.items():
            found = _of(data, process, rounds)
            figures |= {f"decode_{name}_{part}": figure for part, figure in found.items()}
    finally:
        process.close()
    return figures


def _of(data: bytes, process: DecoderProcess, rounds: int) -> Figures:
    encoded = np.frombuffer(data, dtype=np.uint8)
    pixels = decode(data).rgb
    opencv = _wall_milliseconds(lambda: cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), rounds)
    here = _wall_milliseconds(lambda: decode(data), rounds)
    return {
        "opencv_ms": opencv,
        "ms": here,
        "ratio": opencv / here,
        "process_ms": _wall_milliseconds(lambda: process.decode(data), rounds),
        "resize_ms": _wall_milliseconds(lambda: to_canvas(pixels), rounds),
    }


def _wall_milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Wall time, as two processes take part, after a first run that starts what later ones find."""
    work()
    return milliseconds(work, rounds, time.perf_counter)
