"""Charts of points over a plane, each with the interval in which its height lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from worker.console.figures.charts import Chart
from worker.console.figures.svg import BOTTOM, LEFT, RIGHT, TOP, WIDTH, dot, drawing, line, scale, text

_INSET = 24.0
"""Room between the edges and the outermost points and names."""
_FEW = 31
_LARGE, _SMALL = 5.0, 2.5
"""Radii of the dots where they are few, and where large ones would cover each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One dot and its interval."""

    at: float
    """Where it stands, from 0 at the left to 1 at the right."""
    value: float
    low: float
    high: float


def points(
    found: Sequence[Point],
    marks: Sequence[tuple[float, str]],
    *,
    top: float,
    tone: str,
    height: float,
    key: str,
    title: str,
    told: str,
    joined: bool = False,
    diagonal: bool = False,
) -> Chart:
    """Shares as dots with whiskers.

    Args:
        found: the dots, from left to right.
        marks: names below the plane, each with its place from 0 to 1.
        top: the share that the upper edge stands for.
        tone: class of the dots' colour.
        height: of the chart, in the units of its width of 640.
        key: unlike that of every other chart of the page.
        title: what is drawn.
        told: what can be seen, for those who can't.
        joined: a line leads from each dot to the next.
        diagonal: with the line on which a value is as large as its place.
    """
    plane = _Plane(top=top, height=height)
    parts = [scale(top, height, percent=True)]
    parts += [text(plane.x(at), height - 8, words, "middle") for at, words in marks]
    if diagonal:
        parts.append(line(plane.x(0), plane.y(0), plane.x(top), plane.y(top), "expected"))
    if joined:
        parts += [_between(plane, one, other) for one, other in pairwise(found)]
    radius = _LARGE if len(found) <= _FEW else _SMALL
    for each in found:
        parts += _whiskered(plane, each, tone, radius)
    return Chart(svg=drawing(parts, height, key, title, told), keys=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plane:
    """From places and shares to coordinates."""

    top: float
    height: float

    def x(self, at: float) -> float:
        return LEFT + _INSET + at * (WIDTH - LEFT - RIGHT - 2 * _INSET)

    def y(self, value: float) -> float:
        return self.height - BOTTOM - min(value, self.top) / self.top * (self.height - TOP - BOTTOM)


def _between(plane: _Plane, one: Point, other: Point) -> Markup:
    return line(plane.x(one.at), plane.y(one.value), plane.x(other.at), plane.y(other.value), "course")


def _whiskered(plane: _Plane, point: Point, tone: str, radius: float) -> Iterator[Markup]:
    x = plane.x(point.at)
    yield line(x, plane.y(point.low), x, plane.y(point.high), "whisker")
    yield dot(x, plane.y(point.value), tone, radius)
