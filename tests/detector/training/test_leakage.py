"""Whatever two splits share is found, and what they may share is let be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.training.corpus import Origin
from detector.training.leakage import Finding, Leak, Row, findings, labels_by_bytes

ONE = Row(name="one", split="train", origin=Origin.HUMAN, group="g", sha256="aa", perceptual=0)
OTHER = replace(ONE, name="other", split="test", group="h", sha256="bb", perceptual=-1)


def leaks(*rows: Row) -> list[Leak]:
    return [finding.leak for finding in findings(rows)]


def test_two_splits_that_share_nothing_leak_nothing() -> None:
    assert leaks(ONE, OTHER) == []


def test_within_one_split_everything_may_be_shared_but_labels() -> None:
    twin = replace(ONE, name="twin", source="s", dataset="d", perceptual=0xFF)
    assert leaks(twin, replace(twin, name="again")) == []
    assert leaks(ONE, replace(ONE, name="twin", origin=Origin.AI)) == [Leak.TWO_LABELS]


def test_nearly_the_same_picture_in_two_groups_is_a_leak_of_cross_validation() -> None:
    later = [
        replace(ONE, name=name, group=group, sha256=name, perceptual=bits)
        for name, group, bits in (("two", "h", 0b11), ("three", "g", 0b1111), ("four", "i", 0xFFFF))
    ]
    found = findings([ONE, *later])
    assert [(finding.leak, finding.one, finding.other) for finding in found] == [
        (Leak.NEAR_GROUPS, "two", "one"),
        (Leak.NEAR_GROUPS, "three", "two"),
    ]
    assert found[0].detail == "2 of 64 bits differ; the groups are h and g"


def test_a_pair_of_both_labels_is_what_a_detector_must_tell_apart() -> None:
    assert leaks(ONE, replace(ONE, group="h", origin=Origin.AI, sha256="bb", perceptual=0b11)) == []


@pytest.mark.parametrize(("bits", "found"), [(0b111111, [Leak.NEAR_DUPLICATE]), (0b1111111, [])])
def test_pictures_that_differ_in_six_bits_are_the_same_and_in_seven_not(bits: int, found: list[Leak]) -> None:
    assert leaks(ONE, replace(OTHER, perceptual=bits)) == found


def test_the_nearest_of_several_is_named_and_the_others_are_counted() -> None:
    far = replace(OTHER, name="far", sha256="cc", perceptual=0b1111)
    near = [replace(OTHER, name=f"near {number}", sha256=f"d{number}", perceptual=0b1) for number in range(3)]
    (finding,) = findings([ONE, far, *near])
    assert finding == Finding(
        leak=Leak.NEAR_DUPLICATE,
        one="one",
        other="near 0",
        detail="1 of 64 bits differ, and 2 more like it",
    )


@pytest.mark.parametrize(
    ("one", "other"), [("train", "dev"), ("train", "test"), ("dev", "test"), ("test", "val")]
)
def test_the_copy_that_is_named_first_is_not_the_one_that_is_tested_on(one: str, other: str) -> None:
    rows = [replace(ONE, name=split, split=split, group=split) for split in (one, other)]
    (finding,) = findings(rows)
    assert finding.one == next(name for name in (one, other) if name != "test")


def test_the_same_bytes_are_told_from_the_same_look() -> None:
    same = replace(OTHER, sha256=ONE.sha256, perceptual=ONE.perceptual)
    assert leaks(ONE, same) == [Leak.SAME_BYTES]


def test_groups_and_sources_in_two_splits_are_told_with_their_counts() -> None:
    finding, *rest = findings([ONE, replace(ONE, name="two", perceptual=0xFF), replace(OTHER, group="g")])
    assert (finding.leak, finding.detail, rest) == (Leak.SHARED_GROUP, "g: 1 in test, 2 in train", [])
    assert leaks(replace(ONE, source="s"), replace(OTHER, source="s")) == [Leak.SHARED_SOURCE]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("", "", [Leak.SHARED_DATASET]),
        ("0-50 % by picture", "", [Leak.SHARED_DATASET]),
        ("0-50 % by picture", "50-100 % by picture", []),
        ("50-100 % by group", "0-20 % by group", []),
        ("0-51 % by picture", "50-100 % by picture", [Leak.SHARED_DATASET]),
        ("0-50 % by picture", "50-100 % by group", [Leak.SHARED_DATASET]),
        ("half", "other half", [Leak.SHARED_DATASET]),
    ],
)
def test_one_data_set_may_be_in_two_splits_only_by_parts_that_are_apart(
    one: str, other: str, found: list[Leak]
) -> None:
    rows = replace(ONE, dataset="d", part=one), replace(OTHER, dataset="d", part=other)
    assert leaks(*rows) == found
    assert leaks(*reversed(rows)) == found


ROWS = st.builds(
    Row,
    name=st.uuids().map(str),
    split=st.sampled_from(["train", "test", "dev"]),
    origin=st.sampled_from(Origin),
    group=st.sampled_from("abcdef"),
    source=st.sampled_from(["", "s", "t"]),
    sha256=st.sampled_from("0123456789"),
    perceptual=st.integers(-(2**63), 2**63 - 1),
)


@given(st.lists(ROWS, max_size=12))
def test_no_leak_is_found_exactly_where_there_is_none(rows: list[Row]) -> None:
    """By the definition, pair by pair."""
    rows = [replace(row, perceptual=hash(row.sha256)) for row in rows]  # the same bytes look the same
    leaking = any(
        (one.sha256 == other.sha256 and one.origin is not other.origin)
        or (
            (one.split, one.origin) == (other.split, other.origin)
            and one.group != other.group
            and ((one.perceptual ^ other.perceptual) & (2**64 - 1)).bit_count() <= 6
        )
        or (
            one.split != other.split
            and (
                one.sha256 == other.sha256
                or one.group == other.group
                or (one.source and one.source == other.source)
                or ((one.perceptual ^ other.perceptual) & (2**64 - 1)).bit_count() <= 6
            )
        )
        for one in rows
        for other in rows
    )
    assert bool(findings(rows)) == leaking


def test_labels_are_gathered_by_bytes() -> None:
    rows = [ONE, replace(ONE, origin=Origin.AI), OTHER]
    assert labels_by_bytes(rows) == {"aa": {Origin.HUMAN, Origin.AI}, "bb": {Origin.HUMAN}}
