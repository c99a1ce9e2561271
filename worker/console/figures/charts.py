"""Charts as SVG that is part of the page: its colours are classes of the page's sheet, light or dark.

A chart says what it shows in its title and description; the page has the same figures in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 640.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 66.0, 8.0, 10.0, 26.0
_ROW = 24.0
_NAMES = 168.0
"""Room for the names of rows."""
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
    top = _ceiling(max(heights, default=0.0), whole=not percent)
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(names), 1)
    parts = [_scale(top, percent=percent)]
    for place, values in enumerate(zip(*(one.values for one in series), strict=True)):
        parts += _column(series, values, _LEFT + place * step, step, top, stacked=stacked)
    every = math.ceil(len(names) / _MARKS)
    for place in range(0, len(names), max(every, 1)):
        parts.append(_text(_LEFT + (place + 0.5) * step, _HEIGHT - 8, names[place], "middle"))
    keys = tuple((one.name, one.tone) for one in series)
    return Chart(svg=_svg(parts, _HEIGHT, key, title, told), keys=keys)


def intervals(rows: Sequence[Interval], *, low: float, high: float, key: str, title: str, told: str) -> Chart:
    """A dot with its interval for each row, on one scale from ``low`` to ``high``."""
    height = _TOP + _ROW * len(rows) + _BOTTOM
    width = _WIDTH - _NAMES - 16

    def x(value: float) -> float:
        return _NAMES + width * (min(max(value, low), high) - low) / (high - low)

    parts = []
    for mark in (low + (high - low) * part / 4 for part in range(5)):
        parts.append(_line(x(mark), _TOP, x(mark), height - _BOTTOM, "grid"))
        parts.append(_text(x(mark), height - 8, f"{mark:g}", "middle"))
    for place, row in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        parts.append(_text(_NAMES - 8, y + 4, row.name, "end"))
        parts.append(_line(x(row.low), y, x(row.high), y, "whisker"))
        parts.append(
            Markup('<circle class="tone-main" cx="{}" cy="{}" r="5"/>').format(_n(x(row.value)), _n(y))
        )
    return Chart(svg=_svg(parts, height, key, title, told), keys=())


def _column(
    series: Sequence[Series], values: Sequence[float], left: float, step: float, top: float, *, stacked: bool
) -> list[Markup]:
    room, inner = _HEIGHT - _TOP - _BOTTOM, step * 0.8
    width = inner if stacked else inner / len(series)
    parts, base = [], _HEIGHT - _BOTTOM
    for place, (one, value) in enumerate(zip(series, values, strict=True)):
        tall = room * value / top
        x = left + step * 0.1 + (0.0 if stacked else place * width)
        if tall > 0:
            parts.append(
                Markup('<rect class="tone-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                    one.tone, _n(x), _n(base - tall), _n(max(width - 0.5, 0.5)), _n(tall)
                )
            )
        base -= tall if stacked else 0.0
    return parts


def _scale(top: float, *, percent: bool) -> Markup:
    parts = []
    for part in (0.0, 0.5, 1.0):
        y = _HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM)
        value = top * part
        parts.append(_line(_LEFT, y, _WIDTH - _RIGHT, y, "grid"))
        parts.append(_text(_LEFT - 6, y + 4, f"{100 * value:g} %" if percent else f"{value:,g}", "end"))
    return Markup("").join(parts)


def _ceiling(highest: float, *, whole: bool) -> float:
    """The next number that halves well."""
    if highest <= 0:
        return 2.0 if whole else 1.0
    unit = 10.0 ** math.floor(math.log10(highest))
    found = next(unit * step for step in (1, 2, 4, 6, 8, 10) if unit * step >= highest)
    return max(found, 2.0) if whole else min(found, 1.0)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, _n(x1), _n(y1), _n(x2), _n(y2)
    )


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(_n(x), _n(y), anchor, words)


def _svg(parts: Sequence[Markup], height: float, key: str, title: str, told: str) -> Markup:
    opening = Markup(
        '<svg class="chart" role="img" aria-labelledby="{0}-title {0}-told" viewBox="0 0 {1} {2}"'
        ' xmlns="http://www.w3.org/2000/svg"><title id="{0}-title">{3}</title><desc id="{0}-told">{4}</desc>'
    ).format(key, _n(_WIDTH), _n(height), title, told)
    return opening + Markup("").join(parts) + Markup("</svg>")


def _n(number: float) -> str:
    return str(escape(f"{number:.1f}".removesuffix(".0")))
