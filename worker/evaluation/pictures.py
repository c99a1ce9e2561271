"""From a manifest to measured pictures, as every delivery brings them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from detector.backbones import weights_file
from detector.bundle import Bundle
from detector.decode import MIN_SIDE
from detector.embedding import EmbeddingSpec
from detector.evaluation.deliveries import CLEAN, PLATFORMS, Delivery
from detector.evaluation.judged import Pictures
from detector.measuring import Measured
from detector.reasons import Reason, Rejected
from detector.training.corpus import Entry, Origin
from detector.training.folds import Numbers
from detector.vector import NO_EMBEDDING, Vector
from worker.extraction import Extraction, MeasuringOrder, Wanted
from worker.settings import Settings

Advance: TypeAlias = Callable[[int], None]
Progress: TypeAlias = Callable[[str, int], AbstractContextManager[Advance]]
"""Shows how far a labelled number of pictures is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Brought:
    """The pictures of a corpus that one delivery brings, measured."""

    places: Numbers
    """(k,) which of the corpus's."""
    vectors: Sequence[Vector]
    """(k,) of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredPictures:
    """Pictures that could be measured as they are, and what became of the others."""

    entries: tuple[Entry, ...]
    marks: tuple[Measured, ...]
    """Of each entry, clean."""
    refused: dict[str, int]
    """How many could not be measured, by reason."""
    sha256: str
    """Of every file's hash with its label, group, domain and generator: the same data give the same."""

    @property
    def columns(self) -> Pictures:
        """What the manifest says of them."""
        return Pictures(
            names=[entry.name for entry in self.entries],
            labels=np.array([entry.origin is Origin.AI for entry in self.entries], dtype=np.bool_),
            groups=np.array([entry.group for entry in self.entries], dtype=np.str_),
            domains=np.array([entry.domain for entry in self.entries], dtype=np.str_),
            generators=np.array([_generator(entry) for entry in self.entries], dtype=np.str_),
        )

    @property
    def clean(self) -> Brought:
        """All of them, as they are."""
        vectors = [mark.vector for mark in self.marks]
        assert all(isinstance(vector, Vector) for vector in vectors), "those without one were left out"
        return Brought(places=np.arange(len(vectors)), vectors=vectors)  # type: ignore[arg-type]  # see above

    def without(self, places: Sequence[int]) -> MeasuredPictures:
        """All but some of them."""
        left = set(places)
        kept = [place for place in range(len(self.entries)) if place not in left]
        return _gathered([(self.entries[place], self.marks[place]) for place in kept], self.refused)

    def facts(self) -> dict[str, Any]:
        """How many there are, counted in every way."""
        return {
            "sha256": self.sha256,
            "pictures": dict(sorted(Counter(str(entry.origin) for entry in self.entries).items())),
            "groups": len({entry.group for entry in self.entries}),
            "domains": dict(sorted(Counter(entry.domain for entry in self.entries).items())),
            "refused": self.refused,
        }


class Measurer:
    """Measures pictures in one way.

    Args:
        extraction: on all cores, and with a memory.
        progress: shows how far it is.
    """

    def __init__(self, extraction: Extraction, progress: Progress) -> None:
        self._extraction = extraction
        self._progress = progress
        self.runtime = {"runtime": extraction.runtime, "precision": extraction.precision}

    def by(self, extraction: Extraction) -> Measurer:
        """Another way of measuring, shown in the same way."""
        return Measurer(extraction, self._progress)

    def measure(self, entries: Sequence[Entry]) -> MeasuredPictures:
        """The pictures as they are.

        Raises:
            Rejected: ``corpus_invalid``: none can be measured.
        """
        marks = self.marks_of(entries)
        found, refused = [], Counter[str]()
        for entry, mark in zip(entries, marks, strict=True):
            if isinstance(mark.vector, Reason):
                refused[str(mark.vector)] += 1
            else:
                found.append((entry, mark))
        if not found:
            raise Rejected(Reason.CORPUS_INVALID, "no picture could be measured; look at the files")
        return _gathered(found, dict(sorted(refused.items())))

    def bring(self, pictures: MeasuredPictures, deliveries: Sequence[Delivery]) -> dict[str, Brought]:
        """Those pictures that each delivery shows something of, as it brings them; by its name.

        Each file is decoded once for all deliveries.
        """
        wanted = [
            (delivery.name, place)
            for place, mark in enumerate(pictures.marks)
            for delivery in deliveries
            if delivery != CLEAN and shows(delivery, mark)
        ]
        marks = self._measured(
            [Wanted(file=pictures.entries[place].file, delivery=name) for name, place in wanted],
            "measured as delivered",
        )
        found: dict[str, list[tuple[int, Vector]]] = {delivery.name: [] for delivery in deliveries}
        for (name, place), mark in zip(wanted, marks, strict=True):
            if isinstance(mark.vector, Vector):
                found[name].append((place, mark.vector))
        brought = {name: _brought(pairs) for name, pairs in found.items()}
        return brought | {CLEAN.name: pictures.clean}

    def marks_of(self, entries: Sequence[Entry]) -> list[Measured]:
        """What measuring the pictures gives, in their order, whether or not they have a vector."""
        return self._measured([Wanted(file=entry.file) for entry in entries], "measured")

    def _measured(self, wanted: Sequence[Wanted], label: str) -> list[Measured]:
        if not wanted:
            return []
        with self._progress(label, len(wanted)) as advance:
            return self._extraction.measured(wanted, advance=advance)


def shows(delivery: Delivery, mark: Measured) -> bool:
    """Whether a picture tells something of a delivery.

    Of a tier only one that it shrinks; a platform codes smaller ones anew all the same.
    """
    if delivery in PLATFORMS:
        return min(mark.height, mark.width) >= MIN_SIDE
    return delivery.measurable(mark.height, mark.width)


def _brought(pairs: Sequence[tuple[int, Vector]]) -> Brought:
    places = np.array([place for place, _ in pairs], dtype=np.intp)
    return Brought(places=places, vectors=[vector for _, vector in pairs])


def measuring_order(bundle: Bundle, settings: Settings) -> MeasuringOrder:
    """How a bundle measures.

    Raises:
        Fault: the weights that it names are missing, or are another network's.
    """
    schema = bundle.schema
    if schema.embedding == NO_EMBEDDING:
        return MeasuringOrder(groups=schema.groups, settings=settings)
    backbone = EmbeddingSpec.parse(schema.embedding).backbone
    weights = weights_file(settings.weights_dir, backbone, bundle.weights[backbone])
    return MeasuringOrder(
        groups=schema.groups, embedding=schema.embedding, weights=weights, settings=settings
    )


def _gathered(found: Sequence[tuple[Entry, Measured]], refused: dict[str, int]) -> MeasuredPictures:
    lines = [
        f"{mark.sha256} {entry.origin} {entry.group} {entry.domain} {entry.generator}"
        for entry, mark in found
    ]
    return MeasuredPictures(
        entries=tuple(entry for entry, _ in found),
        marks=tuple(mark for _, mark in found),
        refused=refused,
        sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    )


def _generator(entry: Entry) -> str:
    """Of generated pictures alone."""
    return entry.generator if entry.origin is Origin.AI else ""
