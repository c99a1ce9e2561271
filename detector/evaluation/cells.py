"""Counts verdicts into the cells of a warranty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, share
from detector.policy import Label
from detector.warranty import ALL, Cell, Measure, Rate

_Chosen = npt.NDArray[np.bool_]


def cells_of(
    domains: Sequence[str], tiers: Sequence[str], labels: Labels, verdicts: Sequence[Label]
) -> tuple[Cell, ...]:
    """The cells of judged pictures: for each tier all of them, then each domain.

    Args:
        domains: (n,) kind of each picture.
        tiers: (n,) how it was delivered: names of `detector.evaluation.deliveries.TIERS`.
        labels: (n,) True where a generator made it.
        verdicts: (n,) of a bundle that had not seen it.

    Raises:
        ValueError: the sequences are not of one length, or a domain is called ``all``.
    """
    if not len(domains) == len(tiers) == len(labels) == len(verdicts):
        raise ValueError("cells need a domain, a tier, a label and a verdict for each picture")
    if ALL in domains:
        raise ValueError(f"a domain can't be called {ALL!r}: that stands for all of them")
    return tuple(_cells(np.asarray(domains), np.asarray(tiers), labels, np.asarray(verdicts, dtype=np.str_)))


def _cells(
    domains: npt.NDArray[np.str_], tiers: npt.NDArray[np.str_], labels: Labels, verdicts: npt.NDArray[np.str_]
) -> Iterator[Cell]:
    chosen: dict[Measure, tuple[_Chosen, _Chosen]] = {
        Measure.HUMAN_CALLED_SYNTHETIC: (~labels, verdicts == Label.SYNTHETIC),
        Measure.AI_CALLED_GENUINE: (labels, verdicts == Label.GENUINE),
        Measure.UNCERTAIN: (np.ones_like(labels), verdicts == Label.UNCERTAIN),
    }
    for tier in dict.fromkeys(map(str, tiers)):
        here = tiers == tier
        for domain in (ALL, *sorted(set(map(str, domains[here])))):
            among = here if domain == ALL else here & (domains == domain)
            rates = {measure.value: _rate(said[among & of]) for measure, (of, said) in chosen.items()}
            yield Cell(domain=domain, tier=tier, **rates)


def _rate(counted: _Chosen) -> Rate | None:
    """None of nothing."""
    return Rate.model_validate(share(counted).as_json()) if counted.size else None
