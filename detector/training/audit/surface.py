"""Margins and look of a picture: the facts that need its pixels, though not what they show."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""(H, W, 3) red, green, blue."""

_ALIKE = 8
"""Levels by which a pixel of a flat margin may differ from its colour: a JPEG leaves that much."""
_WHOLE = 0.99
"""Share of a line that must be of one colour for the line to be margin."""
_FLAT = 1
"""Levels by which neighbours on a flat place differ at most."""


def margins(rgb: Pixels) -> dict[str, float]:
    """For each side the share of its outermost line that is of one colour, and how deep a flat margin is.

    The depth is the share of the picture's height (or width) that plain lines of the outermost line's colour
    take up, each in 0 to 1.
    """
    turned = {
        "top": rgb,
        "bottom": rgb[::-1],
        "left": rgb.swapaxes(0, 1),
        "right": rgb[:, ::-1].swapaxes(0, 1),
    }
    found = {}
    for side, lines in turned.items():
        colour = np.median(lines[0], axis=0)
        found[f"{side}_plain"] = float(_of_colour(lines[:1], colour)[0])
        found[f"{side}_margin"] = _margin(lines, colour) / len(lines)
    return found


def look(rgb: Pixels) -> dict[str, float]:
    """Brightness and contrast (mean and standard deviation of gray, 0 to 1), and the share of flat places.

    A place is flat where the pixels to its right and below differ from it by one level of gray at most.
    """
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.int16)
    here = gray[:-1, :-1]
    flat = (np.abs(gray[:-1, 1:] - here) <= _FLAT) & (np.abs(gray[1:, :-1] - here) <= _FLAT)
    return {
        "brightness": float(gray.mean()) / 255,
        "contrast": float(gray.std()) / 255,
        "flatness": float(flat.mean()) if flat.size else 1.0,
    }


def _margin(lines: Pixels, colour: npt.NDArray[np.floating]) -> int:
    """How many lines from the first on are of the colour."""
    for depth, line in enumerate(lines):
        if _of_colour(line[None], colour)[0] < _WHOLE:
            return depth
    return len(lines)


def _of_colour(lines: Pixels, colour: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(lines,) the share of each that is of the colour."""
    alike = (np.abs(lines - colour) <= _ALIKE).all(axis=2)
    return np.asarray(alike.mean(axis=1), dtype=np.float64)
