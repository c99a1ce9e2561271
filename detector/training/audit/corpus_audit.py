"""All that the facts of a corpus's files, and its own columns, say about its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, auc
from detector.reasons import Reason, Rejected
from detector.training.audit.catalogue import FACTS, FILE_GROUPS, LOOK
from detector.training.audit.categories import Kind, associated, dated, kinds_of
from detector.training.audit.facts import Facts, table_of
from detector.training.audit.separability import Separation, separate
from detector.training.corpus import Entry, Origin
from detector.training.folds import FOLDS, number_groups

SEED = 20261128
ALL = "all"
"""Name of the facts of all files' groups together."""
DOMAIN, SOURCE, DATE = "domain", "source", "date"
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One fact in both classes."""

    name: str
    group: str
    what: str
    auc: float
    """The chance that a generated picture has more of it than another: 0.5 where the classes are alike."""
    human: tuple[float, ...]
    """Its 5, 25, 50, 75 and 95 % points among people's pictures."""
    generated: tuple[float, ...]

    @property
    def distance(self) -> float:
        """How far the classes are apart in it, 0 to 0.5."""
        return abs(self.auc - 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusAudit:
    """What was found."""

    human: int
    generated: int
    groups: int
    refused: tuple[tuple[str, Reason], ...]
    """Pictures without facts, by name."""
    files: tuple[Separation, ...]
    """What tells the classes apart on unseen groups: each group of facts, then all of them."""
    look: Separation
    """The same of what the pictures show."""
    domain: Separation
    domains: tuple[Kind, ...]
    source: Separation | None
    """None where the manifest names no sources."""
    sources: tuple[Kind, ...]
    date: Separation | None
    """None where a class has no dates."""
    contrasts: tuple[Contrast, ...]
    """Facts that differ between pictures, the ones that tell most first."""

    @property
    def gated(self) -> tuple[Separation, ...]:
        """What must not tell the classes apart."""
        return (*self.files, self.domain)

    def figures(self) -> dict[str, Any]:
        """What a bundle's manifest says of the corpus that it was fitted on."""
        found = {each.name: each.as_json() for each in (*self.gated, self.look)}
        return found | {each.name: each.as_json() for each in (self.source, self.date) if each is not None}


def audit_corpus(entries: Sequence[Entry], facts: Sequence[Facts | Reason]) -> CorpusAudit:
    """Try what the facts of the files, their domains, sources and dates say about the labels.

    Args:
        entries: of the corpus.
        facts: of each, or why it has none.

    Raises:
        Rejected: ``corpus_invalid``: too few groups have pictures that can be read.
    """
    read = [(entry, each) for entry, each in zip(entries, facts, strict=True) if not isinstance(each, Reason)]
    kept, known = [entry for entry, _ in read], [each for _, each in read]
    _check(kept)
    labels = np.array([entry.origin is Origin.AI for entry in kept])
    groups = number_groups([entry.group for entry in kept])
    domains, sources = [entry.domain for entry in kept], [entry.source for entry in kept]

    def tried(name: str, names: Sequence[str]) -> Separation:
        return separate(name, table_of(known, names), labels, groups, seed=SEED)

    return CorpusAudit(
        human=int((~labels).sum()),
        generated=int(labels.sum()),
        groups=len(set(groups)),
        refused=tuple(
            (entry.name, each) for entry, each in zip(entries, facts, strict=True) if isinstance(each, Reason)
        ),
        files=(
            *(tried(group, list(FACTS[group])) for group in FILE_GROUPS),
            tried(ALL, [name for group in FILE_GROUPS for name in FACTS[group]]),
        ),
        look=tried(LOOK, list(FACTS[LOOK])),
        domain=associated(DOMAIN, domains, labels, groups, seed=SEED),
        domains=kinds_of(domains, labels),
        source=associated(SOURCE, sources, labels, groups, seed=SEED) if any(sources) else None,
        sources=kinds_of(sources, labels) if any(sources) else (),
        date=dated(DATE, [entry.first_published for entry in kept], labels, groups, seed=SEED),
        contrasts=_contrasts(known, labels),
    )


def _check(entries: Sequence[Entry]) -> None:
    for origin in Origin:
        groups = {entry.group for entry in entries if entry.origin is origin}
        if len(groups) < FOLDS:
            raise Rejected(
                Reason.CORPUS_INVALID,
                f"only {len(groups)} groups of {origin} pictures have files that can be read, {FOLDS} are"
                " needed; look at the files",
            )


def _contrasts(facts: Sequence[Facts], labels: Labels) -> tuple[Contrast, ...]:
    found = []
    for group, names in FACTS.items():
        for name, what in names.items():
            values = table_of(facts, [name])[:, 0]
            known = ~np.isnan(values)
            of_both = labels[known].any() and not labels[known].all()
            if of_both and np.ptp(values[known]) > 0:
                found.append(_contrast(name, group, what, values[known], labels[known]))
    return tuple(sorted(found, key=lambda each: (-each.distance, each.name)))


def _contrast(name: str, group: str, what: str, values: npt.NDArray[np.float64], labels: Labels) -> Contrast:
    return Contrast(
        name=name,
        group=group,
        what=what,
        auc=auc(labels, values),
        human=tuple(float(each) for each in np.quantile(values[~labels], _QUANTILES)),
        generated=tuple(float(each) for each in np.quantile(values[labels], _QUANTILES)),
    )
