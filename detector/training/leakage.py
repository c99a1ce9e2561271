"""What must not be in two splits of a data set, and is. Pure.

A model that is tested on what it was trained on looks better than it is: by the same picture, by nearly the
same one (another encoding, another size), or by another one of the same group or source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from detector.perceptual import differing_bits
from detector.training.corpus import Origin
from detector.training.near_duplicates import WITHIN, near_pairs


class Leak(StrEnum):
    """Kinds of findings."""

    TWO_LABELS = "two labels"
    """The same bytes stand under both labels."""
    SAME_BYTES = "same bytes"
    """The same bytes are in two splits."""
    NEAR_DUPLICATE = "near-duplicate"
    """Nearly the same picture is in two splits."""
    NEAR_GROUPS = "near-duplicate in two groups"
    """Nearly the same picture is in two groups of one split and label, which cross-validation takes apart."""
    SHARED_GROUP = "shared group"
    """A group has pictures in two splits."""
    SHARED_SOURCE = "shared source"
    """A source has pictures in two splits."""
    SHARED_DATASET = "shared data set"
    """Two splits take from one data set, without parts that are known to have nothing in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One picture, as far as leaks are concerned. What is not known is empty and compared with nothing."""

    name: str
    split: str
    origin: Origin
    group: str
    source: str = ""
    dataset: str = ""
    """Where it was taken from."""
    part: str = ""
    """Which share of the data set, as ``0-50 % by picture``."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    perceptual: int
    """Perceptual hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One leak."""

    leak: Leak
    one: str
    """Name of a picture."""
    other: str
    """Name of the picture that it must not meet."""
    detail: str
    """What they share, or by how many bits they differ, and how many further pictures do the same."""


def findings(rows: Sequence[Row], within: int = WITHIN) -> list[Finding]:
    """Every leak among the splits of these pictures, one for each picture, group or source that leaks."""
    return [
        *_two_labels(rows),
        *_shared(rows, Leak.SHARED_SOURCE, lambda row: row.source),
        *_shared(rows, Leak.SHARED_GROUP, lambda row: row.group),
        *_shared_datasets(rows),
        *near_duplicates(rows, within),
        *near_groups(rows, within),
    ]


def near_duplicates(rows: Sequence[Row], within: int = WITHIN) -> Iterator[Finding]:
    """Pictures that are nearly the same as one of another split; each of the earlier split once."""
    for one, other in combinations(_splits(rows), 2):
        left, right = _by_hash(rows, one), _by_hash(rows, other)
        pairs = near_pairs(np.array(list(left), np.int64), np.array(list(right), np.int64), within)
        hashes = list(left), list(right)
        nearest: dict[int, int] = {}
        for row, column in pairs.tolist():
            here, there = hashes[0][row], hashes[1][column]
            best = nearest.get(here)
            if best is None or differing_bits(here, there) < differing_bits(here, best):
                nearest[here] = there
        for here, there in nearest.items():
            for row in left[here]:
                yield _near(row, right[there], differing_bits(here, there))


def near_groups(rows: Sequence[Row], within: int = WITHIN) -> Iterator[Finding]:
    """Pictures that are nearly the same as an earlier one of another group, each once.

    Under two labels it is no leak: such pairs are what a detector has to tell apart.
    """
    for split, origin in sorted({(row.split, row.origin) for row in rows}):
        numbered = [(n, row) for n, row in enumerate(rows) if (row.split, row.origin) == (split, origin)]
        first: dict[int, dict[str, tuple[int, Row]]] = defaultdict(dict)
        for number, row in numbered:
            first[row.perceptual].setdefault(row.group, (number, row))
        hashes = np.array(list(first), np.int64)
        near: dict[int, list[int]] = defaultdict(list)
        for one, other in near_pairs(hashes, hashes, within).tolist():
            near[int(hashes[one])].append(int(hashes[other]))
        for number, row in numbered:
            earlier = [
                known
                for each in near[row.perceptual]
                for group, (before, known) in first[each].items()
                if group != row.group and before < number
            ]
            if earlier:
                bits = differing_bits(row.perceptual, earlier[0].perceptual)
                yield Finding(
                    leak=Leak.NEAR_GROUPS,
                    one=row.name,
                    other=earlier[0].name,
                    detail=f"{bits} of 64 bits differ; the groups are {row.group} and {earlier[0].group}",
                )


def labels_by_bytes(rows: Iterable[Row]) -> dict[str, set[Origin]]:
    """The labels under which each file's bytes stand, by SHA-256."""
    labels: dict[str, set[Origin]] = defaultdict(set)
    for row in rows:
        labels[row.sha256].add(row.origin)
    return labels


def _two_labels(rows: Sequence[Row]) -> Iterator[Finding]:
    first: dict[str, Row] = {}
    for row in rows:
        known = first.setdefault(row.sha256, row)
        if known.origin is not row.origin:
            yield Finding(
                leak=Leak.TWO_LABELS,
                one=known.name,
                other=row.name,
                detail=f"{known.origin} and {row.origin}",
            )


def _shared(rows: Sequence[Row], leak: Leak, value_of: Callable[[Row], str]) -> Iterator[Finding]:
    members: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if value_of(row):
            members[value_of(row)][row.split].append(row)
    for value, splits in members.items():
        for one, other in combinations(sorted(splits), 2):
            counts = f"{len(splits[one])} in {one}, {len(splits[other])} in {other}"
            yield Finding(
                leak=leak,
                one=splits[one][0].name,
                other=splits[other][0].name,
                detail=f"{value}: {counts}",
            )


def _shared_datasets(rows: Sequence[Row]) -> Iterator[Finding]:
    """Data sets in two splits, but for parts that have nothing in common."""
    first: dict[str, dict[tuple[str, str], Row]] = defaultdict(dict)
    for row in rows:
        if row.dataset:
            first[row.dataset].setdefault((row.split, row.part), row)
    for dataset, members in first.items():
        for (one, one_part), (other, other_part) in combinations(sorted(members), 2):
            if one != other and not _apart(one_part, other_part):
                yield Finding(
                    leak=Leak.SHARED_DATASET,
                    one=members[one, one_part].name,
                    other=members[other, other_part].name,
                    detail=f"{dataset}: {one_part or 'all'} in {one}, {other_part or 'all'} in {other}",
                )


def _apart(one: str, other: str) -> bool:
    """Whether two shares, written as ``0-50 % by picture``, have nothing in common."""
    shares = []
    for text in (one, other):
        span, _, by = text.partition(" % by ")
        start, _, end = span.partition("-")
        if not (start.isdigit() and end.isdigit()):
            return False
        shares.append((int(start), int(end), by))
    (first, first_end, by), (second, second_end, other_by) = shares
    return by == other_by and (first_end <= second or second_end <= first)


def _splits(rows: Iterable[Row]) -> list[str]:
    """What is trained on first, what is tested on last."""
    return sorted({row.split for row in rows}, key=lambda split: (split == "test", split != "train", split))


def _by_hash(rows: Iterable[Row], split: str) -> dict[int, list[Row]]:
    members: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.split == split:
            members[row.perceptual].append(row)
    return members


def _near(row: Row, others: Sequence[Row], bits: int) -> Finding:
    same = next((other for other in others if other.sha256 == row.sha256), None)
    further = f", and {len(others) - 1} more like it" if len(others) > 1 else ""
    return Finding(
        leak=Leak.NEAR_DUPLICATE if same is None else Leak.SAME_BYTES,
        one=row.name,
        other=(same or others[0]).name,
        detail=f"{bits} of 64 bits differ{further}",
    )
