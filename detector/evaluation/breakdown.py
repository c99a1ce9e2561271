"""Verdicts counted by cell: a domain, a source or a generator, for pictures of one label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from detector.evaluation.claims import claim_of_none
from detector.evaluation.judged import Judged, Mask
from detector.evaluation.metrics import Share, share
from detector.warranty import ALL, FEW


class Kind(StrEnum):
    """By what pictures are put into cells."""

    ALL = "all"
    DOMAIN = "domain"
    SOURCE = "source"
    GENERATOR = "generator"


class Maker(StrEnum):
    """Who made the pictures of a cell."""

    HUMAN = "human"
    AI = "ai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Pictures of one maker that share something, and what was said of them."""

    kind: Kind
    name: str
    maker: Maker
    sources: int
    genuine: Share
    uncertain: Share
    synthetic: Share
    accused: Share
    """SYNTHETIC before the veto."""

    @property
    def error(self) -> Share:
        """The verdicts that are wrong: a person's work called SYNTHETIC, a generator's called GENUINE."""
        return self.synthetic if self.maker is Maker.HUMAN else self.genuine

    @property
    def directional(self) -> bool:
        """Whether it is too small to prove anything."""
        return self.error.total < FEW

    def as_json(self) -> dict[str, Any]:
        """Every share with its interval; ``claim`` says what a count of no errors can claim."""
        found: dict[str, Any] = {
            "kind": str(self.kind),
            "name": self.name,
            "maker": str(self.maker),
            "n": self.error.total,
            "sources": self.sources,
            "directional": self.directional,
            "GENUINE": self.genuine.as_json(),
            "UNCERTAIN": self.uncertain.as_json(),
            "SYNTHETIC": self.synthetic.as_json(),
            "SYNTHETIC_without_veto": self.accused.as_json(),
            "error": self.error.as_json(),
        }
        if self.error.count == 0:
            what = "human works" if self.maker is Maker.HUMAN else "generated pictures"
            found["claim"] = claim_of_none(self.error.total, sources=self.sources, what=what)
        return found


def cells(judged: Judged) -> tuple[Cell, ...]:
    """Every cell that has a picture: all, then domains, sources and generators by name."""
    pictures = judged.pictures
    columns = {
        Kind.ALL: np.full(len(pictures), ALL),
        Kind.DOMAIN: pictures.domains,
        Kind.SOURCE: pictures.groups,
        Kind.GENERATOR: pictures.generators,
    }
    found = []
    for kind, column in columns.items():
        for maker in Maker:
            made = judged.labels if maker is Maker.AI else ~judged.labels
            named = made & (column != "")
            found += [
                _cell(judged, named & (column == name), kind, str(name), maker)
                for name in np.unique(column[named])
            ]
    return tuple(found)


def worst(among: Iterable[Cell], maker: Maker, kinds: Iterable[Kind]) -> Cell | None:
    """The gravest cell of some kinds."""
    wanted = set(kinds)
    return gravest(cell for cell in among if cell.maker is maker and cell.kind in wanted)


def gravest(among: Iterable[Cell]) -> Cell | None:
    """The cell with the highest error rate, by the upper bound where rates are equal.

    Directional cells count only where there are no others, since the worst of many tiny ones is chance; among
    them the lower bound decides, then the number of pictures.
    """
    known = [cell for cell in among if cell.error.total]
    firm = [cell for cell in known if not cell.directional]
    if firm:
        return max(firm, key=lambda cell: (cell.error.rate, cell.error.interval[1]))
    return max(known, key=lambda cell: (cell.error.interval[0], cell.error.total), default=None)


def _cell(judged: Judged, chosen: Mask, kind: Kind, name: str, maker: Maker) -> Cell:
    genuine, synthetic = judged.genuine[chosen], judged.synthetic[chosen]
    return Cell(
        kind=kind,
        name=name,
        maker=maker,
        sources=len(np.unique(judged.pictures.groups[chosen])),
        genuine=share(genuine),
        uncertain=share(~genuine & ~synthetic),
        synthetic=share(synthetic),
        accused=share(judged.accused[chosen]),
    )
