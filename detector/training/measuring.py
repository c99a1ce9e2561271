"""The pictures of a corpus with what was measured of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.measuring import Measured
from detector.reasons import Reason, Rejected
from detector.training.corpus import Entry, Origin
from detector.training.examples import Examples, Weights
from detector.training.folds import number_groups
from detector.vector import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What tells a picture again."""

    sha256: bytes
    """32 bytes, of the file."""
    perceptual: int
    """Its perceptual hash, 64 bits, signed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredCorpus:
    """A corpus with the vectors of its pictures."""

    entries: tuple[Entry, ...]
    """Those that have a vector."""
    examples: Examples
    """In the order of `entries`."""
    marks: tuple[Mark, ...]
    """In the order of `entries`."""
    refused: tuple[tuple[Entry, Reason], ...]
    """Those that have none: they are left out, never filled in."""
    sha256: str
    """Of every file's hash with its label, group and domain: the same data give the same."""


def measured_corpus(entries: Sequence[Entry], measured: Sequence[Measured]) -> MeasuredCorpus:
    """A corpus whose pictures were measured, as uploads are.

    Args:
        entries: all that were read.
        measured: of each of them, in their order, by one schema.

    Raises:
        Rejected: ``corpus_invalid``: nothing could be measured.
    """
    found: list[tuple[Entry, Vector, Mark]] = []
    refused: list[tuple[Entry, Reason]] = []
    lines = []
    for entry, picture in zip(entries, measured, strict=True):
        lines.append(_line(entry, picture.sha256))
        if isinstance(picture.vector, Reason):
            refused.append((entry, picture.vector))
        else:
            found.append((entry, picture.vector, _mark(picture)))
    if not found:
        raise Rejected(Reason.CORPUS_INVALID, "no picture of the corpus could be measured; look at its files")
    kept = tuple(entry for entry, _, _ in found)
    return MeasuredCorpus(
        entries=kept,
        examples=Examples(
            rows=np.stack([vector.values for _, vector, _ in found]),
            labels=np.array([entry.origin is Origin.AI for entry in kept]),
            groups=number_groups([entry.group for entry in kept]),
            handcrafted=found[0][1].schema.handcrafted,
            weights=_weights(kept),
        ),
        marks=tuple(mark for _, _, mark in found),
        refused=tuple(refused),
        sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    )


def _line(entry: Entry, sha256: str) -> str:
    """What a corpus's hash knows of a picture; a weight of 1 is none, so that older corpora keep theirs."""
    weight = "" if entry.weight == 1 else f" {entry.weight:g}"
    return f"{sha256} {entry.origin} {entry.group} {entry.domain}{weight}"


def _weights(entries: Sequence[Entry]) -> Weights | None:
    if all(entry.weight == 1 for entry in entries):
        return None
    return np.array([entry.weight for entry in entries])


def _mark(picture: Measured) -> Mark:
    assert picture.perceptual_hash is not None, "what was measured was decoded"
    return Mark(sha256=bytes.fromhex(picture.sha256), perceptual=picture.perceptual_hash)
