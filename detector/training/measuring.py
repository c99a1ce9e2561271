"""Measures the pictures of a corpus, just as a worker measures an upload."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detector.decode import decode
from detector.measuring import Measuring
from detector.reasons import Reason, Rejected
from detector.training.corpus import Entry, Origin
from detector.training.examples import Examples
from detector.training.folds import number_groups
from detector.vector import Vector

Advance = Callable[[int], None]
"""Takes how many pictures are done."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredCorpus:
    """A corpus with the vectors of its pictures."""

    entries: tuple[Entry, ...]
    """Those that have a vector."""
    examples: Examples
    """In the order of `entries`."""
    refused: tuple[tuple[Entry, Reason], ...]
    """Those that have none: they are left out, never filled in."""
    sha256: str
    """Of every file's hash with its label, group and domain: the same data give the same."""


def measure_corpus(entries: Sequence[Entry], measuring: Measuring, *, advance: Advance) -> MeasuredCorpus:
    """Decode and measure every picture.

    Raises:
        Rejected: ``corpus_invalid``: nothing could be measured.
    """
    found: list[tuple[Entry, Vector]] = []
    refused: list[tuple[Entry, Reason]] = []
    lines = []
    for done, entry in enumerate(entries, 1):
        digest, vector = _measure(entry, measuring)
        lines.append(f"{digest} {entry.origin} {entry.group} {entry.domain}")
        if isinstance(vector, Reason):
            refused.append((entry, vector))
        else:
            found.append((entry, vector))
        advance(done)
    if not found:
        raise Rejected(Reason.CORPUS_INVALID, "no picture of the corpus could be measured; look at its files")
    kept = tuple(entry for entry, _ in found)
    return MeasuredCorpus(
        entries=kept,
        examples=Examples(
            rows=np.stack([vector.values for _, vector in found]),
            labels=np.array([entry.origin is Origin.AI for entry in kept]),
            groups=number_groups([entry.group for entry in kept]),
            handcrafted=measuring.schema.handcrafted,
        ),
        refused=tuple(refused),
        sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    )


def _measure(entry: Entry, measuring: Measuring) -> tuple[str, Vector | Reason]:
    """The hash of a file, and its vector or why it has none."""
    data = entry.file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    try:
        return digest, measuring.vector(decode(data))
    except Rejected as refusal:
        return digest, refusal.reason
