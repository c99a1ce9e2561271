"""Points lie where their numbers are, over a plane that says so."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.console.figures.points import Point, points

SVG = "{http://www.w3.org/2000/svg}"
SHARES = st.floats(0, 1)


def drawn(found: list[Point], **more: bool) -> ET.Element:
    chart = points(
        found,
        [(0.0, "0 %"), (1.0, "100 %")],
        top=1.0,
        tone="main",
        height=200.0,
        key="k",
        title="T",
        told="D.",
        **more,
    )
    return ET.fromstring(str(chart.svg))


def places(root: ET.Element) -> list[tuple[float, float]]:
    return [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in root.findall(f"{SVG}circle")]


def lines(root: ET.Element, kind: str) -> list[list[float]]:
    found = root.findall(f"{SVG}line[@class='{kind}']")
    return [[float(each.attrib[name]) for name in ("x1", "y1", "x2", "y2")] for each in found]


def test_a_point_stands_between_the_names_and_its_whisker_reaches_as_far_as_it_says() -> None:
    root = drawn([Point(at=0.5, value=0.5, low=0.0, high=1.0)])
    ((x, y),) = places(root)
    left, right = (
        float(each.attrib["x"])
        for each in root.findall(f"{SVG}text")
        if each.attrib["text-anchor"] == "middle"
    )
    assert x == pytest.approx((left + right) / 2, abs=0.1)
    ((x1, low, x2, high),) = lines(root, "whisker")
    assert x1 == x2 == x
    assert y == pytest.approx((low + high) / 2, abs=0.1)
    grid = [each[1] for each in lines(root, "grid")]
    assert (low, high) == (max(grid), min(grid))


def test_what_is_believed_rightly_lies_on_the_diagonal() -> None:
    root = drawn([Point(at=share, value=share, low=0, high=1) for share in (0.2, 0.9)], diagonal=True)
    ((x1, y1, x2, y2),) = lines(root, "expected")
    for x, y in places(root):
        assert (y - y1) / (y2 - y1) == pytest.approx((x - x1) / (x2 - x1), abs=0.01)


def test_a_course_leads_from_dot_to_dot() -> None:
    root = drawn([Point(at=at, value=at / 2, low=0, high=1) for at in (0.0, 0.3, 1.0)], joined=True)
    assert lines(root, "course") == [[*one, *other] for one, other in pairwise(places(root))]
    assert lines(root, "expected") == []


@given(at=SHARES, value=SHARES, low=SHARES, high=SHARES)
def test_nothing_is_drawn_beside_the_plane(at: float, value: float, low: float, high: float) -> None:
    root = drawn([Point(at=at, value=value, low=low, high=high)])
    ((x, y),) = places(root)
    assert 0 <= x <= 640
    assert 0 <= y <= 200
    assert all(0 <= each <= 640 for each in lines(root, "whisker")[0])
