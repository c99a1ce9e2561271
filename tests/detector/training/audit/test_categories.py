"""Names and dates, and what they give away."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detector.training.audit.categories import associated, dated, kinds_of, moment_of

LABELS = np.array([False, False, True, True])


def test_kinds_are_counted_by_class() -> None:
    kinds = kinds_of(["photo", "anime", "anime", "sketch"], LABELS)
    assert [(kind.name, kind.human, kind.generated) for kind in kinds] == [
        ("anime", 1, 1),
        ("photo", 1, 0),
        ("sketch", 0, 1),
    ]
    assert [kind.single for kind in kinds] == [False, True, True]


@pytest.mark.parametrize(("human", "generated", "one_sided"), [(9, 1, False), (10, 1, True), (0, 3, True)])
def test_a_kind_is_one_sided_below_a_tenth(human: int, generated: int, one_sided: bool) -> None:
    labels = np.repeat([False, True], [human, generated])
    assert kinds_of(["photo"] * len(labels), labels)[0].one_sided == one_sided


def test_a_domain_gives_away_what_its_shares_say() -> None:
    labels = np.tile([False, True], 50)
    groups = np.repeat(np.arange(20), 5)
    alike = associated("domain", ["photo"] * 100, labels, groups, seed=0)
    apart = associated("domain", ["ai" if label else "human" for label in labels], labels, groups, seed=0)
    assert (alike.auc, apart.auc) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("date", "moment"),
    [("2021-07-15", 2021.5), ("2005 (release 0.18)", 2005), ("2023", 2023), ("unknown", None), ("", None)],
)
def test_dates_begin_with_their_year(date: str, moment: float | None) -> None:
    found = moment_of(date)
    assert math.isnan(found) if moment is None else found == moment


def test_dates_tell_nothing_where_a_class_has_none() -> None:
    groups = np.arange(4)
    assert dated("date", ["2001", "2002", "", ""], LABELS, groups, seed=0) is None
    later = dated("date", ["2001", "2002", "2022", ""], LABELS, groups, seed=0)
    assert later is not None
    assert later.auc == 1
