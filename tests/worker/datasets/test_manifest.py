"""A manifest is read whole, or refused with the source and the field that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.reasons import Reason, Rejected
from worker.datasets.manifest import load_manifest, parse_manifest, published_names
from worker.datasets.sources import FolderSource

FOLDER = "{name: a, kind: folder, path: x, label: human}"


def refusal(text: str) -> str:
    with pytest.raises(Rejected) as refused:
        parse_manifest(text)
    assert refused.value.reason is Reason.DATASET_INVALID
    return refused.value.message


def with_sources(*sources: str) -> str:
    return f"title: t\nsources: [{', '.join(sources)}]"


def test_what_is_not_said_has_a_default() -> None:
    (source,) = parse_manifest(with_sources(FOLDER)).sources
    assert isinstance(source, FolderSource)
    assert (source.split, source.limit, source.group, source.order) == ("train", None, None, "given")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title: [", "no YAML at line 1"),
        ("- a list", "begins with `title:`"),
        ("title: t", "sources: is missing; add it"),
        ("title: t\nsources: []", "sources: Tuple should have at least 1 item"),
        (with_sources("{name: a, path: x, label: human}"), "source a: has no kind; say folder, csv"),
        (with_sources("{name: a, kind: zip}"), "source a: Input tag 'zip'"),
        (with_sources("{kind: folder, path: x, label: human}"), "source number 1: name: is missing"),
        (with_sources("{name: a, kind: folder, path: x}"), "source a: label: is missing"),
        (with_sources("{name: a, kind: folder, path: x, label: robot}"), "source a: label: "),
        (
            with_sources("{name: a, kind: folder, path: x, label: ai, colour: red}"),
            "source a: colour: there is no",
        ),
        (with_sources("{name: a, kind: folder, path: x, label: ai, limit: 0}"), "source a: limit: "),
        (
            with_sources("{name: a, kind: folder, path: x, label: ai, per: group}"),
            "source a: per needs a limit",
        ),
        (with_sources("{name: A b, kind: folder, path: x, label: ai}"), "source A b: name: "),
        (with_sources(FOLDER, FOLDER), "two sources are named a"),
        (
            with_sources("{name: a, kind: folder, path: x, label: ai, part: {from: 50, to: 50}}"),
            "source a: part: from must be smaller than to",
        ),
        (
            with_sources("{name: a, kind: images_api, url: 'https://a.b/c', label: ai, order: shuffled}"),
            "source a: order: ",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, complaint: str) -> None:
    assert complaint in refusal(text)


def other(**fields: object) -> str:
    given = {"name": "b", "kind": "folder", "path": "./x/", "label": "human", "split": "test"} | fields
    return "{" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}"


def test_one_folder_in_two_splits_is_refused_unless_the_parts_have_nothing_in_common() -> None:
    first = "{name: a, kind: folder, path: x, label: human, part: {from: 0, to: 60}}"
    assert "a (train) and b (test) read the same pictures" in refusal(with_sources(FOLDER, other()))
    assert "read the same pictures" in refusal(with_sources(first, other(part="{from: 50, to: 100}")))
    parse_manifest(with_sources(first, other(part="{from: 60, to: 100}")))
    parse_manifest(with_sources(FOLDER, other(split="train")))


def test_one_group_in_two_splits_is_refused() -> None:
    first = "{name: a, kind: folder, path: x, label: human, group: ann}"
    assert "share the group ann" in refusal(with_sources(first, other(path="y", group="ann")))


def test_relative_paths_start_at_the_manifest_or_where_one_says(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "m.yaml"
    file.parent.mkdir()
    file.write_text(with_sources(FOLDER))
    assert load_manifest(str(file)).ground == file.parent
    assert load_manifest(str(file), tmp_path).ground == tmp_path


def test_a_name_that_is_no_manifest_is_told_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="published-test, published-training"):
        load_manifest(str(tmp_path / "none.yaml"))
    assert load_manifest("published-test").manifest.title
    assert len(published_names()) == 2
