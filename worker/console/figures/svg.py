"""The parts that charts are drawn of: SVG in the page, whose colours are classes of the page's sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 66.0, 8.0, 10.0, 26.0


def drawing(parts: Sequence[Markup], height: float, key: str, title: str, told: str) -> Markup:
    """A whole chart of its parts, with what it says to those who can't see it."""
    opening = Markup(
        '<svg class="chart" role="img" aria-labelledby="{0}-title {0}-told" viewBox="0 0 {1} {2}"'
        ' xmlns="http://www.w3.org/2000/svg"><title id="{0}-title">{3}</title><desc id="{0}-told">{4}</desc>'
    ).format(key, number(WIDTH), number(height), title, told)
    return opening + Markup("").join(parts) + Markup("</svg>")


def scale(top: float, height: float, *, percent: bool) -> Markup:
    """Three lines from 0 to ``top`` with what they stand for, at the left of a chart of that height."""
    parts = []
    for part in (0.0, 0.5, 1.0):
        y = height - BOTTOM - part * (height - TOP - BOTTOM)
        value = top * part
        parts.append(line(LEFT, y, WIDTH - RIGHT, y, "grid"))
        parts.append(text(LEFT - 6, y + 4, f"{100 * value:g} %" if percent else f"{value:,g}", "end"))
    return Markup("").join(parts)


def ceiling(highest: float, *, whole: bool) -> float:
    """The next number that halves well: at least 2 of ``whole`` things, at most 1 of shares."""
    if highest <= 0:
        return 2.0 if whole else 1.0
    unit = 10.0 ** math.floor(math.log10(highest))
    found = next(unit * step for step in (1, 2, 4, 6, 8, 10) if unit * step >= highest)
    return max(found, 2.0) if whole else min(found, 1.0)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A line of a kind that the page's sheet knows."""
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, number(x1), number(y1), number(x2), number(y2)
    )


def dot(x: float, y: float, tone: str, radius: float = 5.0) -> Markup:
    """A dot in the colour of a meaning."""
    return Markup('<circle class="tone-{}" cx="{}" cy="{}" r="{}"/>').format(
        tone, number(x), number(y), number(radius)
    )


def text(x: float, y: float, words: str, anchor: str) -> Markup:
    """Words that begin, end or have their middle at ``x``."""
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        number(x), number(y), anchor, words
    )


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return str(escape(f"{value:.1f}".removesuffix(".0")))
