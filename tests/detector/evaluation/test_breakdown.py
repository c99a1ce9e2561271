"""Cells are counted by hand."""

from __future__ import annotations

import json

import pytest

from detector.evaluation.breakdown import Cell, Kind, Maker, cells, worst
from tests.detector.evaluation.judgements import judged

FOUND = cells(
    judged(
        [False, False, False, True, True, False],
        [0.9, 0.1, 0.8, 0.2, 0.7, 0.5],
        objected=[True, False, False, False, False, False],
        groups=["a", "a", "b", "g", "g", "b"],
        domains=["anime", "anime", "photo", "anime", "photo", "photo"],
    )
)


def cell(kind: Kind, name: str, maker: Maker) -> Cell:
    (found,) = (each for each in FOUND if (each.kind, each.name, each.maker) == (kind, name, maker))
    return found


def test_verdicts_are_counted_by_domain_source_and_generator() -> None:
    anime = cell(Kind.DOMAIN, "anime", Maker.HUMAN)
    assert (anime.synthetic.count, anime.accused.count, anime.genuine.count, anime.uncertain.count) == (
        0, 1, 1, 1,
    )  # fmt: skip
    assert cell(Kind.SOURCE, "b", Maker.HUMAN).synthetic.count == 1
    assert cell(Kind.GENERATOR, "gan", Maker.AI).genuine.count == 1
    assert cell(Kind.ALL, "all", Maker.HUMAN).sources == 2


def test_people_have_no_generator() -> None:
    assert not [each for each in FOUND if each.kind is Kind.GENERATOR and each.maker is Maker.HUMAN]


def test_the_error_of_a_person_is_an_accusation_and_that_of_a_generator_a_clearance() -> None:
    assert cell(Kind.ALL, "all", Maker.HUMAN).error.count == 1
    assert cell(Kind.ALL, "all", Maker.AI).error.count == 1


def test_the_worst_cell_is_the_headline_and_tiny_ones_do_not_beat_firm_ones() -> None:
    assert worst(FOUND, Maker.HUMAN, [Kind.DOMAIN]) == cell(Kind.DOMAIN, "photo", Maker.HUMAN)
    many = cells(judged([False] * 41, [0.9] * 3 + [0.1] * 37 + [0.9], domains=["anime"] * 40 + ["sketch"]))
    firm = worst(many, Maker.HUMAN, [Kind.DOMAIN])
    assert firm is not None
    assert (firm.name, firm.directional) == ("anime", False)
    assert worst(many, Maker.AI, [Kind.DOMAIN]) is None


def test_of_tiny_cells_without_an_error_the_largest_speaks() -> None:
    found = cells(judged([False] * 6, [0.1] * 6, domains=["anime"] + ["sketch"] * 5))
    largest = worst(found, Maker.HUMAN, [Kind.DOMAIN])
    assert largest is not None
    assert largest.name == "sketch"


@pytest.mark.parametrize(("count", "directional"), [(29, True), (30, False)])
def test_fewer_than_thirty_pictures_are_directional(count: int, directional: bool) -> None:
    found = cells(judged([False] * count, [0.1] * count, groups=["one"] * count))
    assert {each.directional for each in found} == {directional}


def test_only_a_count_of_zero_comes_with_a_claim() -> None:
    told = cell(Kind.DOMAIN, "anime", Maker.HUMAN).as_json()
    assert "Not one of 2 human works" in told["claim"]
    assert "claim" not in cell(Kind.DOMAIN, "photo", Maker.HUMAN).as_json()
    json.dumps([each.as_json() for each in FOUND], allow_nan=False)
