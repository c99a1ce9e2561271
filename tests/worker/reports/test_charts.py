"""Charts: the same bytes for the same figures, in the page's colours, with words for who can't see them."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from worker.reports import charts

POINTS = [[0.0, 0.0], [0.1, 0.6], [0.5, 0.9], [1.0, 1.0]]
BINS: list[dict[str, Any]] = [
    {"mean": 0.1, "generated": 0.2, "weight": 0.5},
    {"mean": None, "generated": None, "weight": 0.0},
    {"mean": 0.9, "generated": 0.8, "weight": 0.5},
]


def drawn(name: str) -> str:
    told = 'shows "this" & that'
    if name == "histogram":
        return charts.histogram(
            {"human": [3, 1, 0, 0], "ai": [0, 0, 1, 5]}, (0.35, 0.65), name=name, told=told
        )
    if name == "reliability":
        return charts.reliability(BINS, name=name, told=told)
    return {"roc": charts.roc, "det": charts.det}[name](POINTS, name=name, told=told)


@pytest.mark.parametrize("name", ["roc", "det", "reliability", "histogram"])
def test_a_chart_is_repeatable_and_takes_the_colours_of_the_page(name: str) -> None:
    chart = drawn(name)
    assert chart == drawn(name)
    assert "var(--ai)" in chart
    assert not re.search("#0[1-4]0[1-4]0[1-4]", chart)
    assert "<text" in chart


@pytest.mark.parametrize("name", ["roc", "det", "reliability", "histogram"])
def test_a_chart_is_whole_xml_with_a_title_and_ids_of_its_own(name: str) -> None:
    root = ET.fromstring(drawn(name))
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == 'shows "this" & that'
    assert root.get("role") == "img"
    ids = [found for each in root.iter() if (found := each.get("id")) is not None]
    assert ids
    assert all(found.startswith(f"{name}-") for found in ids)
