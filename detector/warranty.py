"""Error rates that a bundle was measured at, by kind of picture and way of delivery, and which one applies.

A verdict comes with the rate of its cell: how often pictures like this one, which the bundle had not seen,
got such a verdict wrongly. Where the kind of picture is not known, the worst cell speaks.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detector.policy import Label

ALL = "all"
"""In the place of a domain: the pictures of all domains."""
FEW = 30
"""Below so many pictures a rate is a hint, not a figure."""

Probability = Annotated[float, Field(ge=0, le=1)]
_ROUNDED = 1e-4


class Measure(StrEnum):
    """What was counted."""

    HUMAN_CALLED_SYNTHETIC = "human_called_synthetic"
    AI_CALLED_GENUINE = "ai_called_genuine"
    UNCERTAIN = "uncertain"

    @classmethod
    def of(cls, label: Label) -> Measure:
        """What can be wrong with a verdict; for UNCERTAIN, the share that is left to people."""
        return _MEASURES[label]


_MEASURES = {
    Label.SYNTHETIC: Measure.HUMAN_CALLED_SYNTHETIC,
    Label.GENUINE: Measure.AI_CALLED_GENUINE,
    Label.UNCERTAIN: Measure.UNCERTAIN,
}


class Basis(StrEnum):
    """Why a cell speaks for a verdict."""

    STATED = "stated"
    """It is the cell of the domain that the event states."""
    UNSTATED = "unstated"
    """The event states no domain: the worst cell."""
    UNMEASURED = "unmeasured"
    """The domain that the event states was not measured: the worst cell."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Rate(_Strict):
    """How many of so many, with its 95 % interval."""

    count: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=1)]
    rate: Probability
    low: Probability
    high: Probability

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if abs(self.rate - self.count / self.total) > _ROUNDED or not self.low <= self.rate <= self.high:
            raise ValueError("a rate is its count divided by its total and lies in its interval")
        return self


class Cell(_Strict):
    """What was measured on pictures of one domain, delivered in one way; None where there were none."""

    domain: str
    tier: str
    """Name of a delivery tier, such as ``clean``."""
    human_called_synthetic: Rate | None = None
    ai_called_genuine: Rate | None = None
    uncertain: Rate | None = None

    def rate(self, measure: Measure) -> Rate | None:
        """One of its rates."""
        found: Rate | None = getattr(self, measure.value)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """The rate that applies to one verdict."""

    domain: str
    tier: str
    basis: Basis
    measure: Measure
    count: int
    total: int
    rate: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        members = asdict(self).items()
        return {name: value.value if isinstance(value, StrEnum) else value for name, value in members}

    @classmethod
    def of_json(cls, members: dict[str, Any]) -> Assurance:
        """Read what ``as_json`` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        given = members | {"basis": Basis(members["basis"]), "measure": Measure(members["measure"])}
        return cls(**given)

    def sentence(self) -> str:
        """The rate in words, with what it can't tell."""
        what = _COUNTED[self.measure].format(kind="" if self.domain == ALL else f"{self.domain} ")
        low, high = 100 * self.low, 100 * self.high
        interval = f"{100 * self.rate:.1f} % (95 % interval {low:.1f} to {high:.1f} %)"
        hint = f"; fewer than {FEW}, so a hint only" if self.total < FEW else ""
        return f"{self.count} of {self.total} {what}: {interval}{hint}. {_WHY[self.basis]}"


class Warranty(_Strict):
    """The cells that were measured."""

    method: str
    """On which pictures, in a sentence."""
    cells: Annotated[tuple[Cell, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if len({(cell.domain, cell.tier) for cell in self.cells}) != len(self.cells):
            raise ValueError("a cell of domain and tier stands twice in the warranty")
        return self

    def with_cells_of(self, other: Warranty) -> Warranty:
        """This one with what another one has measured: its cells take the place of those that it has too."""
        newer = {(cell.domain, cell.tier) for cell in other.cells}
        kept = tuple(cell for cell in self.cells if (cell.domain, cell.tier) not in newer)
        if not kept:
            return other
        methods = (f"{_tiers(kept)}: {self.method}", f"{_tiers(other.cells)}: {other.method}")
        return Warranty(method="; ".join(methods), cells=(*kept, *other.cells))

    def worst(self, measure: Measure, domain: str | None = None) -> Cell | None:
        """The cell whose interval reaches highest; cells of few pictures only where there are no others.

        Args:
            measure: of what.
            domain: only its cells; by default those of every domain, and ``all`` where there is no other.
        """
        found = [cell for cell in self.cells if cell.rate(measure) is not None]
        if domain is not None:
            found = [cell for cell in found if cell.domain == domain]
        else:
            found = [cell for cell in found if cell.domain != ALL] or found
        enough = [cell for cell in found if _rate(cell, measure).total >= FEW]
        return max(enough or found, key=lambda cell: _rate(cell, measure).high, default=None)

    def applying(self, label: Label, domain: str | None) -> Assurance | None:
        """The rate for a verdict on a picture of the stated domain: of that domain, its worst tier.

        None where nothing was measured that could speak for such a verdict.
        """
        measure = Measure.of(label)
        own = None if domain is None else self.worst(measure, domain)
        cell = own or self.worst(measure)
        if cell is None:
            return None
        basis = Basis.STATED if own else Basis.UNSTATED if domain is None else Basis.UNMEASURED
        rate = _rate(cell, measure).model_dump()
        return Assurance(domain=cell.domain, tier=cell.tier, basis=basis, measure=measure, **rate)


def _tiers(cells: tuple[Cell, ...]) -> str:
    return ", ".join(dict.fromkeys(cell.tier for cell in cells))


def _rate(cell: Cell, measure: Measure) -> Rate:
    found = cell.rate(measure)
    assert found is not None, "only cells that have the rate are compared"
    return found


_COUNTED = {
    Measure.HUMAN_CALLED_SYNTHETIC: "unseen {kind}pictures by people were called SYNTHETIC",
    Measure.AI_CALLED_GENUINE: "unseen {kind}pictures by generators were called GENUINE",
    Measure.UNCERTAIN: "unseen {kind}pictures were left to people",
}
_WHY = {
    Basis.STATED: "This is the domain that was stated.",
    Basis.UNSTATED: "No domain was stated, so this is the worst one.",
    Basis.UNMEASURED: "The stated domain was not measured, so this is the worst one.",
}
