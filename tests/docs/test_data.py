"""What docs/data.md says of manifests is what the code takes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from worker.datasets.fields import Condition, FromColumn, Part
from worker.datasets.manifest import DataManifest, parse_manifest
from worker.datasets.sources import CsvSource, FolderSource, HubSource, ImagesApiSource, ParquetSource

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
MODELS = (
    DataManifest,
    FolderSource,
    CsvSource,
    ParquetSource,
    HubSource,
    ImagesApiSource,
    Condition,
    FromColumn,
)


@pytest.mark.parametrize("model", MODELS)
def test_every_field_of_a_manifest_is_explained(model: type[BaseModel]) -> None:
    missing = [name for name in model.model_fields if f"`{name}`" not in PAGE and f"{{{name}:" not in PAGE]
    assert missing == []


def test_a_part_is_shown_with_all_its_words() -> None:
    shown = PAGE.partition("part: {")[2].partition("}")[0]
    assert set(yaml.safe_load(f"{{{shown}}}")) == {
        field.alias or name for name, field in Part.model_fields.items()
    }


def test_the_manifest_of_the_five_minutes_is_one() -> None:
    text = PAGE.partition("```yaml\n")[2].partition("```")[0]
    manifest = parse_manifest(text)
    assert [source.split for source in manifest.sources] == ["train", "test", "train"]
