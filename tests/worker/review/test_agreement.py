"""Agreement against the values that the literature works out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.review.agreement import alpha_over_all, cohen_kappa, kappa_of_pairs, krippendorff_alpha

# Krippendorff 2011, sections A, B and C: one row for each person, a dot for a missing answer.
BINARY = ["0100000010", "1110010000"]
NOMINAL = ["aabbdcccedda", "babbbccceddd"]
MISSING = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def units(rows: list[str]) -> list[dict[str, str]]:
    """Each column is a unit, each row a person."""
    columns = zip(*rows, strict=True)
    return [{str(who): said for who, said in enumerate(column) if said != "."} for column in columns]


def table(cells: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [pair for pair, count in cells.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("cells", "kappa"),
    [
        ({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, 0.4),
        ({("y", "y"): 45, ("y", "n"): 15, ("n", "y"): 25, ("n", "n"): 15}, 0.1304),
        ({("y", "y"): 25, ("y", "n"): 35, ("n", "y"): 5, ("n", "n"): 35}, 0.2593),
        ({("a", "a"): 88, ("a", "b"): 14, ("a", "c"): 18, ("b", "a"): 10, ("b", "b"): 40, ("b", "c"): 10,
          ("c", "a"): 2, ("c", "b"): 6, ("c", "c"): 12}, 0.4915),
    ],
)  # fmt: skip
def test_kappa_is_that_of_the_textbooks(cells: dict[tuple[str, str], int], kappa: float) -> None:
    """Cohen's own example, of 1960, is the last."""
    assert cohen_kappa(table(cells)) == pytest.approx(kappa, abs=1e-3)


def test_kappa_is_open_where_nothing_varies() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a")] * 5) is None
    assert cohen_kappa([("a", "a"), ("b", "b")]) == 1


@pytest.mark.parametrize(("rows", "alpha"), [(BINARY, 0.095), (NOMINAL, 0.692), (MISSING, 0.743)])
def test_alpha_is_that_of_krippendorffs_examples(rows: list[str], alpha: float) -> None:
    assert krippendorff_alpha(units(rows)) == pytest.approx(alpha, abs=5e-4)


def test_alpha_is_open_where_nothing_varies_or_nobody_overlaps() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([{"ann": "x", "bo": "x"}]) is None
    assert krippendorff_alpha([{"ann": "x"}, {"bo": "y"}]) is None


answers = st.lists(
    st.dictionaries(st.sampled_from(["ann", "bo", "cleo"]), st.sampled_from("xyz"), min_size=2), min_size=2
)


@given(answers)
def test_alpha_is_at_most_1_and_1_only_where_all_agree(given_units: list[dict[str, str]]) -> None:
    alpha = krippendorff_alpha(given_units)
    unanimous = all(len(set(unit.values())) == 1 for unit in given_units)
    if alpha is not None:
        assert alpha <= 1
        assert (alpha == 1) is unanimous


@given(answers, st.permutations(["ann", "bo", "cleo"]))
def test_alpha_does_not_depend_on_who_said_it(given_units: list[dict[str, str]], others: list[str]) -> None:
    renamed = dict(zip(["ann", "bo", "cleo"], others, strict=True))
    swapped = [{renamed[who]: label for who, label in unit.items()} for unit in given_units]

    assert krippendorff_alpha(swapped) == pytest.approx(krippendorff_alpha(given_units))


def test_intervals_hold_the_value_and_shrink_with_more_units() -> None:
    few = units(["aabbabab", "aabbbbab"])
    small, large = alpha_over_all(few), alpha_over_all(few * 20)

    for estimate in (small, large):
        assert estimate.low is not None
        assert estimate.value is not None
        assert estimate.high is not None
        assert estimate.low <= estimate.value <= estimate.high
    assert small.high is not None and small.low is not None  # noqa: PT018 - for the type checker
    assert large.high is not None and large.low is not None  # noqa: PT018 - for the type checker
    assert large.high - large.low < small.high - small.low
    assert alpha_over_all(few) == small, "the same seed, the same interval"


def test_each_pair_that_shares_units_has_a_kappa() -> None:
    found = kappa_of_pairs([{"bo": "x", "ann": "x"}, {"ann": "y", "bo": "x", "cleo": "y"}, {"cleo": "x"}])

    assert {pair: estimate.units for pair, estimate in found.items()} == {
        ("ann", "bo"): 2,
        ("ann", "cleo"): 1,
        ("bo", "cleo"): 1,
    }
    assert found["bo", "cleo"].value == 0
