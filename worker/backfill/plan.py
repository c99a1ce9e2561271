"""What a backfill would do, in numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from db.queries.backfills import Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Vectors that were scored to see what to expect; nothing was written."""

    scored: int
    synthetic: int
    """Those whose scores alone say SYNTHETIC, so that the veto needs the picture."""
    seconds: float
    """Time that scoring them took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Pictures that were fetched and measured to see what to expect; nothing was written."""

    pictures: int
    gone: int
    """Those that can't be had any more."""
    seconds: float
    """Time that all of them took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A backfill before it is begun."""

    bundle_id: str
    schema_id: str
    coverage: Coverage
    sample: Sample
    unmeasured: int = 0
    """Pictures without a vector of the schema that would be fetched and measured."""
    trial: Trial | None = None
    """Of these; None where none is to be measured."""

    @property
    def unmatched(self) -> int:
        """Images whose vectors are of another schema: they would have to be fetched and measured again."""
        return self.coverage.images - self.coverage.matching

    @property
    def pictures(self) -> int:
        """About how many pictures must be fetched for the veto: exact where the sample is everything."""
        return 0 if not self.sample.scored else round(self.coverage.pending * self._share)

    @property
    def exact(self) -> bool:
        """True where the sample was everything."""
        return self.sample.scored >= self.coverage.pending

    @property
    def total(self) -> int:
        """Images that the run would look at and judge, or find gone."""
        return self.coverage.pending + self.unmeasured

    @property
    def gone(self) -> int:
        """About how many pictures that are to be measured can't be had any more."""
        if self.trial is None or not self.trial.pictures:
            return 0
        return round(self.unmeasured * self.trial.gone / self.trial.pictures)

    @property
    def scoring_seconds(self) -> float:
        """About how long scoring takes on one thread, without fetching pictures."""
        if not self.sample.scored:
            return 0.0
        return self.coverage.pending * self.sample.seconds / self.sample.scored

    @property
    def measuring_seconds(self) -> float:
        """About how long fetching, decoding and measuring pictures takes in one process."""
        if self.trial is None or not self.trial.pictures:
            return 0.0
        return self.unmeasured * self.trial.seconds / self.trial.pictures

    def cost(self, hour: float) -> float:
        """What the time of a processor costs, at the price of an hour."""
        return hour * (self.scoring_seconds + self.measuring_seconds) / 3600

    @property
    def _share(self) -> float:
        return self.sample.synthetic / self.sample.scored
