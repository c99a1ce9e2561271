"""Verdicts counted into the cells of a warranty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluation.cells import cells_of
from detector.policy import Label
from detector.warranty import ALL, Cell, Measure, Rate

G, U, S = Label.GENUINE, Label.UNCERTAIN, Label.SYNTHETIC
DOMAINS = ["photo", "photo", "anime", "photo", "anime"]
TIERS = ["clean", "clean", "clean", "web", "clean"]
MADE = np.array([False, True, False, False, True])


def counts(rate: Rate | None) -> tuple[int, int] | None:
    return None if rate is None else (rate.count, rate.total)


def test_each_tier_has_all_of_its_pictures_and_then_each_domain() -> None:
    cells = cells_of(DOMAINS, TIERS, MADE, [S, G, U, S, S])
    assert [(cell.tier, cell.domain) for cell in cells] == [
        ("clean", ALL),
        ("clean", "anime"),
        ("clean", "photo"),
        ("web", ALL),
        ("web", "photo"),
    ]
    everything = cells[0]
    assert counts(everything.human_called_synthetic) == (1, 2)
    assert counts(everything.ai_called_genuine) == (1, 2)
    assert counts(everything.uncertain) == (1, 4)


def test_what_has_no_pictures_has_no_rate() -> None:
    web = cells_of(DOMAINS, TIERS, MADE, [S, G, U, S, S])[-1]
    assert web == Cell(
        domain="photo",
        tier="web",
        human_called_synthetic=Rate(count=1, total=1, rate=1.0, low=0.2065, high=1.0),
        uncertain=Rate(count=0, total=1, rate=0.0, low=0.0, high=0.7935),
    )


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from(Label)), min_size=1))
def test_the_domains_of_a_tier_add_up_to_all_of_it(pictures: list[tuple[str, bool, Label]]) -> None:
    domains, made, verdicts = zip(*pictures, strict=True)
    whole, *parts = cells_of(domains, ["clean"] * len(pictures), np.array(made), verdicts)
    for measure in Measure:
        told = [counts(part.rate(measure)) or (0, 0) for part in parts]
        summed = tuple(sum(column) for column in zip(*told, strict=True))
        assert (counts(whole.rate(measure)) or (0, 0)) == summed


def test_sequences_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="for each picture"):
        cells_of(DOMAINS, TIERS, MADE, [S])


def test_a_domain_that_is_called_all_is_refused() -> None:
    with pytest.raises(ValueError, match="all of them"):
        cells_of([ALL, *DOMAINS[1:]], TIERS, MADE, [S, G, U, S, S])
