"""The measured rate that goes with a verdict."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from detector.evaluation.metrics import Share
from detector.policy import Label
from detector.warranty import ALL, Assurance, Basis, Cell, Measure, Rate, Warranty

ACCUSED = Measure.HUMAN_CALLED_SYNTHETIC


def rate(count: int, total: int) -> Rate:
    return Rate.model_validate(Share(count=count, total=total).as_json())


def cell(domain: str, count: int, total: int, tier: str = "clean") -> Cell:
    return Cell(domain=domain, tier=tier, human_called_synthetic=rate(count, total))


WARRANTY = Warranty(
    method="on pictures of other groups",
    cells=(
        cell(ALL, 30, 400),
        cell("anime", 2, 100),
        cell("photo", 20, 100),
        cell("photo", 30, 100, tier="web"),
        cell("sketch", 1, 5),
    ),
)


def applying(domain: str | None, label: Label = Label.SYNTHETIC) -> Assurance:
    found = WARRANTY.applying(label, domain)
    assert found is not None
    return found


def test_the_stated_domain_has_its_own_rate() -> None:
    found = applying("anime")
    assert (found.domain, found.tier, found.basis) == ("anime", "clean", Basis.STATED)
    assert (found.measure, found.count, found.total, found.rate) == (ACCUSED, 2, 100, 0.02)


def test_of_the_tiers_of_a_stated_domain_the_worst_one_speaks() -> None:
    assert (applying("photo").tier, applying("photo").count) == ("web", 30)


@pytest.mark.parametrize(("domain", "basis"), [(None, Basis.UNSTATED), ("manga", Basis.UNMEASURED)])
def test_without_a_measured_domain_the_worst_cell_speaks_and_says_why(
    domain: str | None, basis: Basis
) -> None:
    found = applying(domain)
    assert (found.domain, found.tier, found.basis) == ("photo", "web", basis)


def test_a_cell_of_few_pictures_is_not_the_worst_but_speaks_for_its_own_domain() -> None:
    assert WARRANTY.cells[-1].rate(ACCUSED) == rate(1, 5)
    assert applying(None).domain != "sketch", "its interval reaches highest, and says little"
    assert applying("sketch").basis is Basis.STATED
    assert "hint only" in applying("sketch").sentence()
    assert "hint only" not in applying("anime").sentence()


def test_where_only_all_pictures_were_counted_they_speak() -> None:
    found = Warranty(method="m", cells=(cell(ALL, 3, 90),)).applying(Label.SYNTHETIC, "photo")
    assert found is not None
    assert (found.domain, found.basis) == (ALL, Basis.UNMEASURED)


@pytest.mark.parametrize("label", [Label.GENUINE, Label.UNCERTAIN])
def test_no_rate_is_made_up_for_what_was_not_measured(label: Label) -> None:
    assert WARRANTY.applying(label, "photo") is None


def test_each_verdict_is_vouched_for_by_what_can_be_wrong_with_it() -> None:
    cells = Cell(
        domain="photo",
        tier="clean",
        human_called_synthetic=rate(1, 100),
        ai_called_genuine=rate(2, 100),
        uncertain=rate(3, 100),
    )
    warranty = Warranty(method="m", cells=(cells,))
    counts = {label: warranty.applying(label, "photo") for label in Label}
    assert {label: found and found.count for label, found in counts.items()} == {
        Label.SYNTHETIC: 1,
        Label.GENUINE: 2,
        Label.UNCERTAIN: 3,
    }


def test_an_assurance_survives_json_and_reads_as_a_sentence() -> None:
    found = applying("photo")
    assert Assurance.of_json(json.loads(json.dumps(found.as_json()))) == found
    assert found.sentence().startswith(
        "30 of 100 unseen photo pictures by people were called SYNTHETIC: 30.0 %"
    )
    assert "worst" in applying(None).sentence()


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 200)), min_size=1, max_size=6))
def test_no_domain_has_a_worse_rate_than_the_worst_among_those_of_enough_pictures(
    counts: list[tuple[int, int]],
) -> None:
    cells = tuple(cell(f"d{n}", min(count, total), total) for n, (count, total) in enumerate(counts))
    worst = Warranty(method="m", cells=cells).worst(ACCUSED)
    assert worst is not None
    reached = worst.rate(ACCUSED)
    assert reached is not None
    rates = [each.human_called_synthetic for each in cells if each.human_called_synthetic is not None]
    enough = [each for each in rates if each.total >= 30]
    assert all(each.high <= reached.high for each in enough or rates)


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 5, "total": 4, "rate": 1.0, "low": 0.0, "high": 1.0},
        {"count": 0, "total": 0, "rate": 0.0, "low": 0.0, "high": 1.0},
        {"count": 1, "total": 4, "rate": 0.5, "low": 0.0, "high": 1.0},
        {"count": 1, "total": 4, "rate": 0.25, "low": 0.3, "high": 1.0},
        {"count": 1, "total": 4, "rate": 0.25, "low": 0.0, "high": 1.5},
        {"count": 1, "total": 4, "rate": 0.25, "low": 0.0},
    ],
)
def test_a_rate_that_contradicts_itself_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Rate.model_validate(wrong)


def test_a_cell_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="twice"):
        Warranty(method="m", cells=(cell("photo", 1, 9), cell("photo", 2, 9)))


def test_what_was_measured_anew_takes_the_place_of_what_was_known() -> None:
    newer = Warranty(
        method="on new pictures", cells=(cell("photo", 5, 200, tier="web"), cell("manga", 1, 40))
    )
    both = WARRANTY.with_cells_of(newer)
    assert both.method == "clean: on pictures of other groups; web, clean: on new pictures"
    assert len(both.cells) == len(WARRANTY.cells) + 1
    found = both.applying(Label.SYNTHETIC, "photo")
    assert found is not None
    assert (found.tier, found.count) == ("clean", 20), "its web cell is no longer the worst"
    assert WARRANTY.with_cells_of(WARRANTY) == WARRANTY
