"""What a row says is read as the manifest asks, or refused with the columns that there are."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from detector.training.corpus import Origin
from worker.datasets.fields import Condition, FromColumn, LabelColumn, MissingColumnError, Part, tags

DIGESTS = st.binary(min_size=32, max_size=32)
CUTS = st.lists(st.integers(1, 99), unique=True, max_size=6).map(lambda cuts: [0, *sorted(cuts), 100])


@given(digest=DIGESTS, cuts=CUTS)
def test_whatever_the_cuts_each_picture_lies_in_exactly_one_part(digest: bytes, cuts: list[int]) -> None:
    parts = [Part.model_validate({"from": one, "to": other}) for one, other in pairwise(cuts)]
    assert sum(part.holds(digest) for part in parts) == 1
    assert all(one.apart_from(other) for one in parts for other in parts if one is not other)


def test_a_part_takes_about_its_share() -> None:
    part = Part.model_validate({"from": 20, "to": 50})
    taken = sum(
        part.holds(hashlib.sha256(bytes([high, low])).digest()) for high in range(16) for low in range(256)
    )
    assert 0.27 < taken / 4096 < 0.33


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"from": 0, "to": 51}, {"from": 50, "to": 100}),
        ({"from": 0, "to": 50}, {"from": 50, "to": 100, "by": "group"}),
    ],
)
def test_parts_that_overlap_or_are_cut_otherwise_are_not_apart(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert not Part.model_validate(one).apart_from(Part.model_validate(other))


def test_tags_are_compared_whole() -> None:
    """Looking for the letters "ai" would drop every "hair"."""
    drawn = {"tags": "1girl, long hair, AI-generated_art"}
    assert tags(drawn["tags"]) == {"1girl", "long hair", "ai generated art"}
    assert Condition(column="tags", without_tags=("ai", "ai_generated")).holds(drawn)
    assert not Condition(column="tags", without_tags=("Ai Generated Art",)).holds(drawn)
    assert Condition(column="tags", with_tags=("long_hair",)).holds({"tags": ["long-hair"]})


def test_values_are_compared_as_text() -> None:
    assert Condition.model_validate({"column": "n", "equals": 0}).holds({"n": "0"})
    assert not Condition.model_validate({"column": "n", "not_in": [0, 1]}).holds({"n": 1})


@pytest.mark.parametrize("rules", [{}, {"equals": 1, "not_in": 2}])
def test_a_condition_has_exactly_one_rule(rules: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="exactly one of equals"):
        Condition.model_validate({"column": "n"} | rules)


@pytest.mark.parametrize(
    ("value", "label"),
    [("real", Origin.HUMAN), ("flux", Origin.AI), (0, Origin.AI), ("", None), (None, None)],
)
def test_the_rest_is_all_that_is_not_listed_and_not_empty(value: object, label: Origin | None) -> None:
    column = LabelColumn.model_validate({"column": "by", "human": "real", "ai": "rest"})
    assert column.of({"by": value}) is label


def test_a_value_under_neither_label_has_none() -> None:
    column = LabelColumn.model_validate({"column": "by", "human": [1], "ai": [0]})
    assert [column.of({"by": value}) for value in (0, 1, 2)] == [Origin.AI, Origin.HUMAN, None]


def test_both_labels_can_not_take_the_rest() -> None:
    with pytest.raises(ValidationError, match="human and ai must differ"):
        LabelColumn.model_validate({"column": "by", "human": "rest", "ai": "rest"})


def test_a_text_is_cut_renamed_and_prefixed() -> None:
    column = FromColumn(column="file", pattern="^([^_]+)_", prefix="wikiart/", names={"vincent": "van-gogh"})
    assert column.of({"file": "vincent_1888.jpg"}) == "wikiart/van-gogh"
    assert column.of({"file": "nobody.jpg"}) == ""
    assert FromColumn(column="by", names={"real": ""}, prefix="x/").of({"by": "real"}) == ""


@pytest.mark.parametrize(("pattern", "complaint"), [("(", "no regular expression"), ("abc", "has no group")])
def test_a_pattern_that_can_not_be_used_is_refused(pattern: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        FromColumn(column="file", pattern=pattern)


def test_a_missing_column_is_told_with_those_that_there_are() -> None:
    with pytest.raises(MissingColumnError, match=re.escape("no column 'by'; the columns are: image, label")):
        FromColumn(column="by").of({"label": 1, "image": 2})
