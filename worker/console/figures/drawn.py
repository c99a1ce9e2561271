"""The charts of the page of numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from worker.console.figures.charts import Chart, Interval, Series, columns, intervals
from worker.console.figures.numbers import AGE_WORDS, Agreement, Numbers, QueueLine, Timeline
from worker.console.figures.windows import LENGTHS, Window
from worker.drift.stability import Index

_SHOWN = 8
"""Characters of a pseudonym that a chart has room for."""


def draw(numbers: Numbers, moment: datetime) -> dict[str, Chart]:
    """Every chart for which there is something to draw.

    Args:
        numbers: what is drawn.
        moment: when they were read, in UTC: the end of the last step of time.
    """
    drawn = {"timeline": _timeline(numbers.timeline, step_names(numbers.window, moment))}
    if any(line.ready for line in numbers.queues):
        drawn["ages"] = _ages(numbers.queues)
    if rows := _agreeing(numbers.agreement):
        drawn["agreement"] = _agreement(rows)
    if numbers.drift is not None:
        drawn["scores"] = _compared(
            numbers.drift.scores, "scores", "Verdicts by probability of being synthetic"
        )
        drawn["labels"] = _compared(numbers.drift.labels, "labels", "Verdicts by label")
    return drawn


def step_names(window: Window, moment: datetime) -> list[str]:
    """When each step of a window began, in UTC, oldest first."""
    length = LENGTHS[window]
    form = "%H:%M" if window is Window.DAY else "%d %b"
    steps = range(length.steps, 0, -1)
    return [(moment - timedelta(seconds=length.step_seconds * back)).strftime(form) for back in steps]


def _timeline(timeline: Timeline, names: list[str]) -> Chart:
    series = [
        Series(name="genuine", tone="genuine", values=timeline.genuine),
        Series(name="synthetic", tone="synthetic", values=timeline.synthetic),
        Series(name="cannot tell", tone="unsure", values=timeline.cannot_tell),
        Series(name="automatic", tone="dim", values=timeline.automatic),
    ]
    said = ", ".join(f"{sum(each.values):g} {each.name}" for each in series)
    return columns(series, names, key="timeline", title="Decisions over time", told=f"In all: {said}.")


def _ages(queues: tuple[QueueLine, ...]) -> Chart:
    counts = tuple(sum(column) for column in zip(*(line.ages for line in queues), strict=True))
    said = ", ".join(f"{count} {words}" for count, words in zip(counts, AGE_WORDS, strict=True))
    series = [Series(name="ready items", tone="main", values=counts)]
    return columns(series, AGE_WORDS, key="ages", title="Items that are ready, by age", told=f"{said}.")


def _agreeing(agreement: Agreement) -> list[Interval]:
    estimates = [("all, alpha", agreement.alpha)]
    estimates += [(f"{each.one[:_SHOWN]}, {each.other[:_SHOWN]}", each.kappa) for each in agreement.pairs]
    return [
        Interval(name=name, value=found.value, low=found.low, high=found.high)
        for name, found in estimates
        if found.value is not None and found.low is not None and found.high is not None
    ]


def _agreement(rows: list[Interval]) -> Chart:
    said = "; ".join(f"{row.name}: {row.value:.2f}, {row.low:.2f} to {row.high:.2f}" for row in rows)
    return intervals(
        rows,
        low=-1.0,
        high=1.0,
        key="agreement",
        title="Agreement with 95 % intervals; 1 is perfect, 0 is what chance gives",
        told=f"{said}.",
    )


def _compared(index: Index, key: str, title: str) -> Chart:
    """Shares of the bins in both periods, side by side."""
    periods = (("this week", "main", index.now), ("four weeks before", "dim", index.before))
    series = [
        Series(name=f"{name} (n = {sum(counts):,})", tone=tone, values=_shares(counts))
        for name, tone, counts in periods
    ]
    told = f"Population stability index {index.value:.3f}: {index.finding}."
    return columns(series, index.bins, key=key, title=title, told=told, stacked=False, percent=True)


def _shares(counts: tuple[int, ...]) -> tuple[float, ...]:
    total = sum(counts)
    return tuple(count / total if total else 0.0 for count in counts)
