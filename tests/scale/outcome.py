"""What the timings come to: a table, the growth of each query, and where one grew too far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tests.scale.measure import Timing

Timings: TypeAlias = Mapping[int, Mapping[str, Timing]]
"""By size, then by query."""

MOST = 2.0
"""A query may take so many times as long at the largest size as at the smallest."""
LEAST_MS = 1.0
"""What is faster counts as this fast: below it, other programs make more of a difference than ten times the
rows. The plain figures stand in the table, so that nothing is hidden by it."""


def growth(timings: Timings, name: str) -> float:
    """The largest p95 of a query over that at the smallest size, each at least ``LEAST_MS``."""
    p95s = [max(LEAST_MS, timings[size][name].p95_ms) for size in sorted(timings)]
    return max(p95s) / p95s[0]


def worst_ratio(timings: Timings) -> float:
    """The largest growth of all queries."""
    return max(growth(timings, name) for name in _names(timings))


def misses(timings: Timings) -> list[str]:
    """A line for each query that is not flat."""
    grown = {name: growth(timings, name) for name in _names(timings)}
    return [
        f"{name}: p95 grows {ratio:.2f} times" for name, ratio in grown.items() if not round(ratio, 2) <= MOST
    ]


def document(timings: Timings) -> dict[str, object]:
    """The last line."""
    return {
        "p95_ms": {
            name: {str(size): round(timings[size][name].p95_ms, 2) for size in sorted(timings)}
            for name in _names(timings)
        },
        "worst_ratio": round(worst_ratio(timings), 2),
    }


def table(timings: Timings) -> str:
    """A line for each query and size."""
    head = f"{'query':<27}{'pictures':>11}{'p50 ms':>9}{'p95 ms':>9}{'worst p95':>11}{'pages':>9}{'p95 x':>8}"
    return "\n".join([head, *_lines(timings)])


def _lines(timings: Timings) -> Iterable[str]:
    for name in _names(timings):
        first = timings[min(timings)][name].p95_ms
        for size in sorted(timings):
            each = timings[size][name]
            yield (
                f"{name:<27}{size:>11,}{each.p50_ms:>9.2f}{each.p95_ms:>9.2f}{each.worst_round_ms:>11.2f}"
                f"{each.pages:>9.0f}{each.p95_ms / first:>8.2f}"
            )


def _names(timings: Timings) -> list[str]:
    return list(timings[min(timings)])
