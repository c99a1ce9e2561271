"""Pillow's switches, set for the time of one decode and put back afterwards.

They are module globals, and so are the filters of warnings: one decode at a time in a process. What the
program around us has set (``LOAD_TRUNCATED_IMAGES``, filters that raise) changes no picture.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import AvifImagePlugin, GifImagePlugin, Image, ImageFile

_one_at_a_time = threading.RLock()

# Without a handler of its own, Pillow's complaints about hostile tags would reach stderr.
logging.getLogger("PIL").addHandler(logging.NullHandler())


@contextmanager
def guarded(max_pixels: int) -> Iterator[None]:
    """Decode within this block: more than ``max_pixels`` raises, nothing else warns."""
    switches: list[tuple[Any, str, Any]] = [
        (Image, "MAX_IMAGE_PIXELS", max_pixels),
        (ImageFile, "LOAD_TRUNCATED_IMAGES", False),
        (GifImagePlugin, "LOADING_STRATEGY", GifImagePlugin.LoadingStrategy.RGB_AFTER_FIRST),
        (
            AvifImagePlugin,
            "DEFAULT_MAX_THREADS",
            1,
        ),  # threads would make time and memory depend on the machine
    ]
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in switches]
        try:
            _set(switches)
            yield
        finally:
            _set(before)


def _set(switches: list[tuple[Any, str, Any]]) -> None:
    for owner, name, value in switches:
        setattr(owner, name, value)
