"""The manifest of a data set: YAML that names its sources, checked before anything is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin
from worker.datasets.fields import Strict
from worker.datasets.sources import Source, SourceBase

_PUBLISHED = "published"
_SAID = {
    "extra_forbidden": "there is no such field; correct its spelling or leave it out",
    "missing": "is missing; add it",
    "union_tag_not_found": "has no kind; say folder, csv, parquet, huggingface or images_api",
}
"""Plainer words for some of pydantic's complaints, by their type."""


class DataManifest(Strict):
    """A data set as a list of sources."""

    title: str
    """What it is, in a line."""
    seed: int = 0
    """Draws the order of the sources that are shuffled."""
    expected: dict[str, dict[Origin, Annotated[int, Field(ge=0)]]] = Field(default_factory=dict)
    """How many pictures there should be, by split and label; what falls short is said."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    """Where the pictures come from, in this order."""

    @model_validator(mode="after")
    def _check_sources(self) -> Self:
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sources are named {name}; give each a name of its own")
        for one, other in combinations(self.sources, 2):
            if one.split != other.split:
                _check_apart(one, other)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A manifest and where its relative paths start."""

    manifest: DataManifest
    ground: Path


def load_manifest(name: str, root: Path | None = None) -> Loaded:
    """A manifest from a file, or one that comes with artgate, by its name.

    Args:
        name: path of a YAML file, or a name that ``published_names`` gives.
        root: where relative paths start; by default the file's own folder, or the current one for a
            manifest that comes with artgate.

    Raises:
        Rejected: ``dataset_invalid``, naming the source and the field.
    """
    path = Path(name)
    if not path.exists() and name in published_names():
        return Loaded(manifest=parse_manifest(_published(name).read_text("utf-8")), ground=root or Path())
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(published_names())
        raise _invalid(
            f"the manifest {name} can't be read ({type(error).__name__}); name a YAML file, or one of {known}"
        ) from None
    return Loaded(manifest=parse_manifest(text), ground=root or path.parent)


def published_names() -> list[str]:
    """The manifests that come with artgate."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _published_entries())


def parse_manifest(text: str) -> DataManifest:
    """A manifest from its text.

    Raises:
        Rejected: ``dataset_invalid``, naming the source and the field.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = "" if place is None else f" at line {place.line + 1}"
        raise _invalid(f"the manifest is no YAML{line}; correct its indentation or quotes") from None
    if not isinstance(raw, dict):
        raise _invalid("the manifest holds no fields; it begins with `title:` and `sources:`")
    try:
        return DataManifest.model_validate(raw)
    except ValidationError as error:
        raise _invalid("; ".join(dict.fromkeys(_complaints(error, raw)))) from None


def digest(source: SourceBase, seed: int) -> str:
    """What tells whether a source is still the one that was begun."""
    return hashlib.sha256(f"{seed} {source.model_dump_json(by_alias=True)}".encode()).hexdigest()


def _published_entries() -> list[Traversable]:
    folder = files("worker.datasets") / _PUBLISHED
    return [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]


def _published(name: str) -> Traversable:
    return files("worker.datasets") / _PUBLISHED / f"{name}.yaml"


def _check_apart(one: SourceBase, other: SourceBase) -> None:
    """Two entries of different splits must not be able to meet one picture or share a group."""
    named = f"{one.name} ({one.split}) and {other.name} ({other.split})"
    if one.group is not None and isinstance(one.group, str) and one.group == other.group:
        raise ValueError(f"{named} share the group {one.group}; what is trained on must not be tested on")
    if one.place != other.place:
        return
    if one.part is None or other.part is None or not one.part.apart_from(other.part):
        raise ValueError(
            f"{named} read the same pictures; give each a part that the other has not, such as "
            "part: {from: 0, to: 50} and part: {from: 50, to: 100}"
        )


def _complaints(error: ValidationError, raw: dict[str, Any]) -> Iterator[str]:
    """One sentence for each wrong field: the source by its name, the field by its path."""
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        place = [str(step) for step in found["loc"] if not _is_choice(step)]
        message = _SAID.get(found["type"], found["msg"].removeprefix("Value error, "))
        if place[:1] == ["sources"] and len(place) > 1:
            place = [_source_name(raw, int(place[1])), *place[2:]]
        yield f"{': '.join(place)}: {message}" if place else message


def _is_choice(step: int | str) -> bool:
    """Whether a step of pydantic's path is the name of a type that it tried."""
    return isinstance(step, str) and (
        step in {"folder", "csv", "parquet", "huggingface", "images_api", "FromColumn", "LabelColumn", "str"}
        or "[" in step
    )


def _source_name(raw: dict[str, Any], position: int) -> str:
    entry = raw["sources"][position]
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"source {name}" if name else f"source number {position + 1}"


def _invalid(what: str) -> Rejected:
    return Rejected(Reason.DATASET_INVALID, what)
