"""The capacity page's table is what its inputs come to."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "capacity.md").read_text()
THREAD_RATE, PEAK, LOAD = 6.4, 3, 0.6
THREAD_HOUR, DISK_MONTH, HOURS = 0.04, 0.10, 730
PICTURE_GB = 8.6e-6
TABLE = PAGE.partition("## What it takes")[2].partition("Threads are")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if re.match(r"\| [\d,]+ \|", line)
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_follows_from_what_is_known_and_assumed(row: list[str]) -> None:
    uploads = number(row[0])
    peak = PEAK * uploads / 86_400
    threads = 2 * math.ceil(peak / THREAD_RATE / LOAD / 2)
    year = 365 * uploads * PICTURE_GB
    expected = [peak, threads, threads * THREAD_HOUR * HOURS, uploads * PICTURE_GB, year, year * DISK_MONTH]
    assert [number(cell) for cell in row[1:]] == pytest.approx(expected, rel=0.02)


def test_the_page_states_the_inputs_that_the_rows_are_made_of() -> None:
    for stated in (
        "6.4 a thread",
        "three times their mean",
        "60 %",
        "0.04",
        "0.10 a month",
        "730 hours",
        "8.6 kB",
    ):
        assert stated in " ".join(PAGE.split()), stated
    assert [row[0] for row in ROWS] == ["100,000", "1,000,000", "10,000,000"]


def number(cell: str) -> float:
    """A cell's number, in gigabytes where it is bytes."""
    value, _, unit = cell.replace(",", "").partition(" ")
    return float(value) * (1000 if unit == "TB" else 1)
