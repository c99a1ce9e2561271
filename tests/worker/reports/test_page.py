"""The page holds every figure, loads nothing, and is the same for the same report."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from detector.training.studies import STUDIES
from tests.detector.training.studies.materials import material
from tests.worker.evaluation.evaluations import order, run
from worker.evaluation.order import deliveries_named
from worker.reports.page import render
from worker.reports.summary import summary_of

_EMPTY = {"meta", "img", "br", "hr", "input", "link"}


class Structure(HTMLParser):
    """Checks that elements are closed in order, and collects ids and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.open.append(tag)
        self._collect(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._collect(attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def _collect(self, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            if name in {"src", "href", "xlink:href"}:
                self.addresses.append(str(value))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = run(order(tmp_path_factory.mktemp("page"), deliveries=deliveries_named("tiers,discord,blur-1")))
    chosen = [STUDIES["transfer"], STUDIES["backbones"]]
    found["studies"] = [
        {"name": each.name, "question": each.question, "cost": each.cost}
        | each.run(material(), lambda _: None).as_json()
        for each in chosen
    ]
    return found


@pytest.fixture(scope="module")
def page(report: dict[str, Any]) -> str:
    return render(report)


def test_the_page_is_well_formed_and_its_ids_are_its_own(page: str) -> None:
    structure = Structure()
    structure.feed(page)
    assert structure.open == []
    assert len(structure.ids) == len(set(structure.ids))
    for address in structure.addresses:
        assert address.startswith(("#", "data:image/jpeg;base64,"))
        if address.startswith("#"):
            assert address.removeprefix("#") in structure.ids


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    assert "<script" not in page
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_same_report_gives_the_same_page(report: dict[str, Any], page: str) -> None:
    assert render(json.loads(json.dumps(report))) == page


def test_the_page_says_whose_verdicts_it_tells(report: dict[str, Any], page: str) -> None:
    assert "Evaluation of the bundle itself" in page
    assert "Cross-validation of the recipe" in render(report | {"kind": "cross-validation"})


def test_the_page_tells_the_worst_cells_the_deliveries_and_how_to_repeat_it(
    report: dict[str, Any], page: str
) -> None:
    for told in (
        "worst domain",
        "not measurable",
        "Discord: at most 4 megapixels",
        report["made"]["command"],
        report["data"]["sha256"],
        report["bundle"]["id"],
        "Photographs and art",
        "Not answered here.",
        "directional",
    ):
        assert told in page
    assert page.count('class="chart"') == 4


def test_many_tiny_cells_without_an_error_are_told_in_one_line(report: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(report))
    cells = changed["deliveries"][0]["figures"]["cells"]
    model = next(cell for cell in cells if (cell["kind"], cell["maker"]) == ("source", "ai"))
    none = model["error"] | {"count": 0, "rate": 0.0}
    tiny = [model | {"kind": "generator", "name": f"rare-{n}", "n": 2, "error": none} for n in range(6)]
    cells += [*tiny, model | {"kind": "generator", "name": "wrong", "n": 2, "error": none | {"count": 1}}]
    page = render(changed)
    assert "6 more of fewer than 10 pictures each, 12 in all, have no such error." in page
    assert "rare-0" not in page
    assert '<th scope="row">wrong</th>' in page


def test_names_are_escaped(report: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(report))
    changed["bundle"]["name"] = "<script>alert(1)</script>"
    assert "<script" not in render(changed)


def test_the_summary_tells_the_worst_cell_first_and_each_delivery(report: dict[str, Any]) -> None:
    lines = summary_of(report).splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("worst domain"))
    assert first < next(place for place, line in enumerate(lines) if line.startswith("human called"))
    assert any(line.startswith("web") and "not measurable" in line for line in lines)
    assert any(line.startswith("discord") and "verdicts moved" in line for line in lines)
