"""Real bodies of every system, and what each is known to mean."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from worker.notifications import Kind, Record, parse

EVENTS = Path(__file__).parents[2] / "data" / "events"
COLUMNS = ("bucket", "key", "version_id", "etag", "size", "sequencer")


def expected_bodies() -> dict[str, list[dict[str, str]]]:
    """The rows of events.csv, by file."""
    rows = defaultdict(list)
    with (EVENTS / "events.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            rows[row["file"]].append(row)
    return dict(rows)


EXPECTED = expected_bodies()


def expected_kind(row: dict[str, str]) -> str:
    """An envelope is of the kind of what it carries; one that carries no object's event is noted."""
    kind = row["inner_kind"] if row["kind"] == "envelope" else row["kind"]
    return "other" if kind == "none" else kind


def expected_value(row: dict[str, str], column: str) -> str | None:
    """A cell as the table's notes say: empty is absent, as null is; <empty> is an empty text."""
    cell = row["key_decoded" if column == "key" else column]
    return {"": None, "<null>": None, "<empty>": ""}.get(cell, cell)


def printed(record: Record, column: str) -> str | None:
    """A member of a record as the table writes it."""
    value = getattr(record, column)
    return None if value is None else str(value)


def test_the_table_names_every_body_and_only_them() -> None:
    """Nothing is left out on either side."""
    assert set(EXPECTED) == {path.name for path in (EVENTS / "bodies").iterdir()}
    assert sum(map(len, EXPECTED.values())) == 52


@pytest.mark.parametrize("name", EXPECTED)
def test_a_body_means_what_the_table_says(name: str) -> None:
    """System, kind and every member of every record."""
    records = parse((EVENTS / "bodies" / name).read_bytes())
    rows = EXPECTED[name]
    assert [int(row["record_index"]) for row in rows] == list(range(len(records)))
    for row, record in zip(rows, records, strict=True):
        assert record.system == row["system"]
        assert record.kind == expected_kind(row)
        found = {column: printed(record, column) for column in COLUMNS}
        assert found == {column: expected_value(row, column) for column in COLUMNS}
        if row["event_name"] and row["kind"] != "envelope":
            assert record.event_name == row["event_name"]


@pytest.mark.parametrize("name", EXPECTED)
def test_what_asks_for_work_has_a_time_or_a_mark(name: str) -> None:
    """Two events of one object differ in something, unless the sender left everything out."""
    for record in parse((EVENTS / "bodies" / name).read_bytes()):
        if record.kind in {Kind.CREATED, Kind.REMOVED} and record.system != "s3-style-test":
            assert record.mark or record.version_id
