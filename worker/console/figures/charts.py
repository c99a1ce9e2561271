"""Charts as SVG that is part of the page: its colours are classes of the page's sheet, light or dark.

A chart says what it shows in its title and description; the page has the same figures in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from worker.console.figures.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    ceiling,
    dot,
    drawing,
    line,
    number,
    scale,
    text,
)

_ROW = 24.0
_NAMES = 168.0
"""Room for the names of rows."""
_END = 28.0
"""Room to the right of a scale, for the half of its last number."""
_MARKS = 8
"""Most names below the columns; more would run into each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One colour of a chart."""

    name: str
    tone: str
    """Class of the colour: genuine, synthetic, unsure, main or dim."""
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One row of a chart of intervals."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart and what its colours mean."""

    svg: Markup
    keys: tuple[tuple[str, str], ...]
    """Name and tone of each series."""


def columns(
    series: Sequence[Series],
    names: Sequence[str],
    *,
    key: str,
    title: str,
    told: str,
    stacked: bool = True,
    percent: bool = False,
) -> Chart:
    """Columns side by side.

    Args:
        series: values of each colour, one for each column, none below 0.
        names: of the columns.
        key: unlike that of every other chart of the page.
        title: what is drawn.
        told: what can be seen, for those who can't.
        stacked: colours stand upon each other; else side by side.
        percent: values are shares, written as percentages.
    """
    heights = [
        sum(values) if stacked else max(values) for values in zip(*(s.values for s in series), strict=True)
    ]
    top = ceiling(max(heights, default=0.0), whole=not percent)
    step = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    parts = [scale(top, HEIGHT, percent=percent)]
    for place, values in enumerate(zip(*(one.values for one in series), strict=True)):
        parts += _column(series, values, LEFT + place * step, step, top, stacked=stacked)
    every = math.ceil(len(names) / _MARKS)
    for place in range(0, len(names), max(every, 1)):
        parts.append(text(LEFT + (place + 0.5) * step, HEIGHT - 8, names[place], "middle"))
    keys = tuple((one.name, one.tone) for one in series)
    return Chart(svg=drawing(parts, HEIGHT, key, title, told), keys=keys)


def intervals(
    rows: Sequence[Interval],
    *,
    low: float,
    high: float,
    key: str,
    title: str,
    told: str,
    percent: bool = False,
) -> Chart:
    """A dot with its interval for each row, on one scale from ``low`` to ``high``."""
    height = TOP + _ROW * len(rows) + BOTTOM
    width = WIDTH - _NAMES - _END

    def x(value: float) -> float:
        return _NAMES + width * (min(max(value, low), high) - low) / (high - low)

    parts = []
    for mark in (low + (high - low) * part / 4 for part in range(5)):
        parts.append(line(x(mark), TOP, x(mark), height - BOTTOM, "grid"))
        parts.append(text(x(mark), height - 8, f"{100 * mark:g} %" if percent else f"{mark:g}", "middle"))
    for place, row in enumerate(rows):
        y = TOP + _ROW * (place + 0.5)
        parts.append(text(_NAMES - 8, y + 4, row.name, "end"))
        parts.append(line(x(row.low), y, x(row.high), y, "whisker"))
        parts.append(dot(x(row.value), y, "main"))
    return Chart(svg=drawing(parts, height, key, title, told), keys=())


def _column(
    series: Sequence[Series], values: Sequence[float], left: float, step: float, top: float, *, stacked: bool
) -> list[Markup]:
    room, inner = HEIGHT - TOP - BOTTOM, step * 0.8
    width = inner if stacked else inner / len(series)
    parts, base = [], HEIGHT - BOTTOM
    for place, (one, value) in enumerate(zip(series, values, strict=True)):
        tall = room * value / top
        x = left + step * 0.1 + (0.0 if stacked else place * width)
        if tall > 0:
            parts.append(
                Markup('<rect class="tone-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                    one.tone, number(x), number(base - tall), number(max(width - 0.5, 0.5)), number(tall)
                )
            )
        base -= tall if stacked else 0.0
    return parts
