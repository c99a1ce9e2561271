"""A source says what it takes, what each picture is, and how many are enough."""

from __future__ import annotations

import pytest

from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin
from worker.datasets.manifest import parse_manifest
from worker.datasets.selection import Quota, is_in_part, is_wanted, said_of
from worker.datasets.sources import Source


def source(fields: str, kind: str = "folder") -> Source:
    (made,) = parse_manifest(f"title: t\nsources: [{{name: a, kind: {kind}, path: x, {fields}}}]").sources
    return made


def test_what_the_manifest_does_not_say_is_said_by_the_columns_of_a_csv_file() -> None:
    columns = {
        "label": "ai",
        "group": "g",
        "domain": "anime",
        "generator": "flux",
        "source": "s",
        "licence": "MIT",
    }
    said = said_of(source("domain: photo", "csv"), columns)
    assert (said.label, said.group, said.domain, said.generator) == (Origin.AI, "g", "photo", "flux")
    assert (said.source, said.licence, said.first_published) == ("s", "MIT", "")


def test_of_other_kinds_columns_count_only_where_they_are_named() -> None:
    said = said_of(source("label: ai, first_published: 2024-05-01"), {"group": "g", "domain": "anime"})
    assert (said.group, said.domain, said.source, said.licence) == ("a", "other", "a", "unstated")
    assert said.first_published == "2024-05-01"


@pytest.mark.parametrize(
    "fields",
    ["label: {column: by, human: [ann], ai: [flux]}", "label: ai, group: {column: by, pattern: '(x)'}"],
)
def test_a_row_without_a_label_or_a_group_is_refused_by_itself(fields: str) -> None:
    with pytest.raises(Rejected) as refused:
        said_of(source(fields), {"by": "ben"})
    assert refused.value.reason is Reason.LABEL_UNKNOWN


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ("label: {column: who, human: [ann]}", "label"),
        ("label: ai, group: {column: who}", "group"),
        ("label: ai, first_published: {column: who}", "first_published"),
    ],
)
def test_a_column_that_is_not_there_is_the_manifests_fault(fields: str, field: str) -> None:
    with pytest.raises(Rejected) as refused:
        said_of(source(fields), {"by": "ben"})
    assert refused.value.reason is Reason.DATASET_INVALID
    assert refused.value.message == f"source a: {field}: there is no column 'who'; the columns are: by"


def test_all_conditions_must_hold_and_their_columns_be_there() -> None:
    both = source("label: ai, where: [{column: n, equals: 1}, {column: tags, without_tags: ai}]")
    assert is_wanted(both, {"n": 1, "tags": "hair"})
    assert not is_wanted(both, {"n": 1, "tags": "ai"})
    with pytest.raises(Rejected, match="source a: where: there is no column 'tags'"):
        is_wanted(both, {"n": 1})


def test_a_limit_counts_for_the_whole_source_or_for_each_value() -> None:
    text = "label: {column: by, human: [ann], ai: rest}, limit: 2"
    ann, flux = ({"by": name} for name in ("ann", "flux"))
    whole, each = source(text), source(f"{text}, per: label")
    for made, full_after in ((whole, 2), (each, 4)):
        quota, taken = Quota(made), 0
        for columns in (ann, ann, ann, flux, flux, flux):
            assert quota.is_full == (taken >= full_after)
            if quota.has_room(said_of(made, columns)):
                quota.take(said_of(made, columns))
                taken += 1
        assert taken == full_after
        assert quota.is_full


def test_how_many_values_there_are_is_known_when_it_is_said() -> None:
    text = "label: ai, generator: {column: by}, limit: 1, per: generator"
    known, unknown = source(f"{text}, values: 2"), source(text)
    assert (known.most, unknown.most) == (2, None)
    for made, full in ((known, True), (unknown, False)):
        quota = Quota(made)
        for name in ("flux", "sdxl"):
            quota.take(said_of(made, {"by": name}))
        assert quota.is_full is full


def test_a_part_by_group_takes_a_group_whole() -> None:
    parts = [
        source(f"label: ai, group: {{column: by}}, part: {{from: {start}, to: {start + 50}, by: group}}")
        for start in (0, 50)
    ]
    for number in range(40):
        columns = {"by": f"artist {number}"}
        assert sum(is_in_part(part, said_of(part, columns)) for part in parts) == 1


def test_no_domain_is_named_as_all_of_them_are() -> None:
    with pytest.raises(Rejected, match="domain: all stands for all of them"):
        said_of(source("label: ai, domain: all"), {})
