"""Corpora as tables of facts, without files: what is wrong with them is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detector.training.audit.catalogue import NAMES
from detector.training.audit.facts import Facts
from detector.training.corpus import Entry, Origin

GROUPS, EACH = 20, 6


def harmless(seed: int = 0) -> tuple[list[Entry], list[Facts]]:
    """Groups that differ in everything, as sources do, and labels that have nothing to do with it."""
    rng = np.random.default_rng(seed)
    entries, facts = [], []
    for number in range(GROUPS):
        own = rng.normal(0, 1, len(NAMES))
        for picture in range(EACH):
            values = own + rng.normal(0, 0.5, len(NAMES))
            facts.append(dict(zip(NAMES, map(float, values), strict=True)))
            entries.append(entry(number, picture))
    return entries, facts


def entry(number: int, picture: int, *, domain: str | None = None, source: str = "", date: str = "") -> Entry:
    """A picture of the group of a number; those of odd numbers are generated."""
    return Entry(
        name=f"{number}-{picture}",
        file=Path(f"{number}-{picture}.png"),
        origin=(Origin.HUMAN, Origin.AI)[number % 2],
        group=f"group-{number}",
        domain=("photo", "anime", "painting")[picture % 3] if domain is None else domain,
        source=source,
        first_published=date,
    )


def with_shortcut(name: str, seed: int = 0) -> tuple[list[Entry], list[Facts]]:
    """The same, with one fact that generated pictures have more of."""
    entries, facts = harmless(seed)
    for each, of in zip(entries, facts, strict=True):
        of[name] += 6.0 * (each.origin is Origin.AI)
    return entries, facts
