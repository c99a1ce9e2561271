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
class Plan:
    """A backfill before it is begun."""

    bundle_id: str
    schema_id: str
    coverage: Coverage
    sample: Sample

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
    def scoring_seconds(self) -> float:
        """About how long scoring takes, without fetching pictures."""
        if not self.sample.scored:
            return 0.0
        return self.coverage.pending * self.sample.seconds / self.sample.scored

    @property
    def _share(self) -> float:
        return self.sample.synthetic / self.sample.scored
