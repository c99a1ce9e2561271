"""``artgate features``: rows that scripts read."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

from detector.features import ALL_GROUPS, HC148, Features
from detector.features.catalogue import schemas
from tests.detector.features.golden import PICTURES, deviations
from tests.pictures import encode, noise
from tests.worker.cli.conftest import Outcome
from tests.worker.cli.shell import artgate

CHOSEN = [path for path in PICTURES if path.stem in {"01_astronaut", "11_black", "27_coffee_palette12"}]


def rows(outcome: Outcome) -> list[list[str]]:
    return list(csv.reader(io.StringIO(outcome.out)))


def test_rows_equal_the_golden_values_in_the_schemas_order() -> None:
    """All groups; the first 148 columns are those of the default."""
    outcome = artgate("features", *CHOSEN, "--format", "csv", "--groups", "all")
    header, *found = rows(outcome)
    names = tuple(name for schema in schemas(ALL_GROUPS) for name in schema.names)
    assert outcome.status == 0
    assert outcome.err.startswith(f"measured: {len(CHOSEN)} of {len(CHOSEN)}"), "long work says how far it is"
    assert tuple(header) == ("image", *names)
    assert names[:148] == HC148.names
    assert [row[0] for row in found] == [path.name for path in CHOSEN]
    for name, *values in found:
        features = Features(names=names, values=np.array([float(value) for value in values]))
        for table in ("hc148.csv", "optional.csv"):
            assert not deviations(features, table, name)


def test_numbers_keep_their_full_precision_and_what_is_undefined_is_nan(tmp_path: Path) -> None:
    """Reading a row back gives the very numbers that were computed."""
    pixels = noise(70, 90)
    (tmp_path / "a.png").write_bytes(encode(pixels))
    (tmp_path / "black.png").write_bytes(encode(np.zeros((255, 255, 3), np.uint8)))
    from detector.features import extract  # noqa: PLC0415 - loads the numeric libraries

    outcome = artgate("features", tmp_path / "a.png", tmp_path / "black.png")
    header, first, black = rows(outcome)
    assert header[1:] == list(HC148.names)
    assert [float(text) for text in first[1:]] == extract(pixels).values.tolist()
    assert dict(zip(header, black, strict=True))["snr"] == "nan"


def test_a_file_without_features_is_named_and_the_others_have_their_rows(tmp_path: Path) -> None:
    (tmp_path / "small.png").write_bytes(encode(noise(5, 3)))
    (tmp_path / "page.png").write_bytes(b"<html></html>")
    outcome = artgate("features", tmp_path / "page.png", tmp_path / "small.png", tmp_path / "gone.png")
    assert outcome.status == 3
    assert [row[0] for row in rows(outcome)] == ["image", "small.png"], "any size is measured"
    assert [code in outcome.err for code in ("unsupported_format", "file_unreadable")] == [True, True]
    told = [line for line in outcome.err.splitlines() if not line.startswith("measured: ")]
    assert len(told) == 2, "two reasons beside the progress"


def test_json_lines_have_null_for_what_is_undefined(tmp_path: Path) -> None:
    (tmp_path / "black.png").write_bytes(encode(np.zeros((255, 255, 3), np.uint8)))
    outcome = artgate("features", tmp_path / "black.png", "--format", "jsonl")
    line = json.loads(outcome.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert line["image"] == "black.png"
    assert line["features"]["snr"] is None
    assert math.isfinite(line["features"]["mean_brightness"])
