"""Charts are SVG that says what it shows, and whose sizes are those of the figures."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from worker.console.figures.charts import Chart, Interval, Series, columns, intervals

SVG = "{http://www.w3.org/2000/svg}"


def parsed(chart: Chart) -> ET.Element:
    return ET.fromstring(str(chart.svg))


def heights(chart: Chart, tone: str) -> list[float]:
    found = parsed(chart).findall(f"{SVG}rect[@class='tone-{tone}']")
    return [float(each.attrib["height"]) for each in found]


def one(values: tuple[float, ...], **more: bool) -> Chart:
    series = [Series(name="all", tone="main", values=values)]
    return columns(series, ["a"] * len(values), key="k", title="T", told="D.", **more)


def test_columns_are_as_tall_as_their_values() -> None:
    first, second = heights(one((1, 4)), "main")
    assert second == pytest.approx(4 * first, rel=0.01)


def test_stacked_colours_stand_upon_each_other() -> None:
    series = [Series(name=tone, tone=tone, values=(3.0,)) for tone in ("genuine", "synthetic")]
    chart = columns(series, ["a"], key="k", title="T", told="D.")
    lower, upper = (parsed(chart).find(f"{SVG}rect[@class='tone-{each.tone}']") for each in series)
    assert lower is not None
    assert upper is not None
    assert float(upper.attrib["y"]) + float(upper.attrib["height"]) == pytest.approx(
        float(lower.attrib["y"]), abs=0.2
    )
    assert chart.keys == (("genuine", "genuine"), ("synthetic", "synthetic"))


@pytest.mark.parametrize("values", [(), (0.0,), (0.0, 0.0)])
def test_nothing_is_drawn_of_nothing(values: tuple[float, ...]) -> None:
    assert heights(one(values), "main") == []
    assert heights(one(values, percent=True), "main") == []


def test_what_it_shows_is_said_and_nothing_in_it_is_taken_for_markup() -> None:
    series = [Series(name="all", tone="main", values=(1.0,))]
    chart = columns(series, ["<b>"], key="k", title="R & D", told='5 > "4".')
    root = parsed(chart)
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert (title.text, told.text) == ("R & D", '5 > "4".')
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], told.attrib["id"]]
    assert "<b>" in [text.text for text in root.findall(f"{SVG}text")]
    assert "style" not in str(chart.svg), "the page's policy allows no inline style"


def test_an_interval_lies_where_its_numbers_are() -> None:
    row = Interval(name="all", value=0.5, low=0.0, high=1.0)
    root = parsed(intervals([row], low=-1, high=1, key="k", title="T", told="D."))
    whisker, dot = root.find(f"{SVG}line[@class='whisker']"), root.find(f"{SVG}circle")
    assert whisker is not None
    assert dot is not None
    left, right, middle = (
        float(each) for each in (whisker.attrib["x1"], whisker.attrib["x2"], dot.attrib["cx"])
    )
    assert middle == pytest.approx((left + right) / 2, abs=0.1)
