"""The charts of the page of feedback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from worker.console.figures.charts import Chart, Interval, intervals
from worker.console.figures.feedback import Feedback, Measured
from worker.console.figures.points import Point, points
from worker.console.figures.shares import Share
from worker.console.figures.svg import ceiling

_CALIBRATION_HEIGHT, _COURSE_HEIGHT = 340.0, 200.0
_MOST_NAMES = 5
"""Most names of days below a course."""
_LETTERS = 8
"""Of a bundle's name and of its id that a chart has room for."""


def draw(feedback: Feedback) -> dict[str, Chart]:
    """Every chart for which there is something to draw."""
    chosen = feedback.chosen
    if chosen is None:
        return {}
    drawn: dict[str, Chart | None] = {
        "errors": _errors(chosen),
        "bundles": _bundles(feedback.newest),
        "calibration": _calibration(chosen),
        "accused_course": _course(
            feedback.course,
            lambda day: day.accused_wrongly,
            key="accused-course",
            title="Wrongly accused, day by day",
            tone="synthetic",
        ),
        "missed_course": _course(
            feedback.course,
            lambda day: day.missed,
            key="missed-course",
            title="Missed, day by day",
            tone="genuine",
        ),
    }
    return {name: chart for name, chart in drawn.items() if chart is not None}


def _errors(measured: Measured) -> Chart | None:
    rows = (
        ("wrongly accused", measured.accused_wrongly),
        ("missed", measured.missed),
        ("unsure, synthetic", measured.unsure_and_synthetic),
    )
    return _rows(rows, key="errors", title="Errors of one bundle with 95 % intervals")


def _bundles(newest: Sequence[Measured]) -> Chart | None:
    """Only where there is something to compare."""
    rows = [(f"{each.name[:_LETTERS]} {each.bundle_id[:_LETTERS]}", each.accused_wrongly) for each in newest]
    known = [row for row in rows if row[1].value is not None]
    if len(known) < 2:
        return None
    return _rows(known, key="bundles", title="Wrongly accused, by bundle, with 95 % intervals")


def _rows(rows: Sequence[tuple[str, Share]], *, key: str, title: str) -> Chart | None:
    known = [
        Interval(name=name, value=share.value, low=share.low, high=share.high)
        for name, share in rows
        if share.value is not None
    ]
    if not known:
        return None
    high = ceiling(max(row.high for row in known), whole=False)
    told = "; ".join(f"{row.name}: {_span(row.value, row.low, row.high)}" for row in known)
    return intervals(known, low=0.0, high=high, key=key, title=title, told=f"{told}.", percent=True)


def _calibration(measured: Measured) -> Chart | None:
    if not measured.calibration:
        return None
    found = [
        Point(at=each.said, value=each.found, low=each.low, high=each.high) for each in measured.calibration
    ]
    told = "; ".join(
        f"said {each.said:.0%}, found {_span(each.found, each.low, each.high)}"
        for each in measured.calibration
    )
    return points(
        found,
        [(tenth / 5, f"{tenth * 20} %") for tenth in range(6)],
        top=1.0,
        tone="main",
        height=_CALIBRATION_HEIGHT,
        key="calibration",
        title="What the bundle said, from left to right, and what people found, upwards",
        told=f"{told}.",
        diagonal=True,
    )


def _course(
    days: Sequence[Measured], of: Callable[[Measured], Share], *, key: str, title: str, tone: str
) -> Chart | None:
    """A share over the days; only where two days know it."""
    known = [(each.day, share) for each in days if (share := of(each)).value is not None]
    if len(known) < 2:
        return None
    first, last = known[0][0], known[-1][0]
    length = (last - first).days
    found = [
        Point(at=(day - first).days / length, value=share.value or 0.0, low=share.low, high=share.high)
        for day, share in known
    ]
    return points(
        found,
        _days(first, length),
        top=ceiling(max(point.high for point in found), whole=False),
        tone=tone,
        height=_COURSE_HEIGHT,
        key=key,
        title=title,
        told=f"{_told(*known[0])}; {_told(*known[-1])}.",
        joined=True,
    )


def _days(first: dt.date, length: int) -> list[tuple[float, str]]:
    steps = min(length, _MOST_NAMES - 1)
    return [
        (round(step * length / steps) / length, f"{first + dt.timedelta(round(step * length / steps)):%d %b}")
        for step in range(steps + 1)
    ]


def _told(day: dt.date, share: Share) -> str:
    return f"{day:%d %b}: {_span(share.value or 0.0, share.low, share.high)}"


def _span(value: float, low: float, high: float) -> str:
    return f"{value:.1%}, {low:.1%} to {high:.1%}"
