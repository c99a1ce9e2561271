"""From a picture to its vector: handcrafted features, then the embedding. Training and scoring share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.decode import MIN_SIDE
from detector.features import extract
from detector.picture import Picture
from detector.reasons import Reason, Rejected
from detector.stopwatch import Clock, timed
from detector.vector import NO_EMBEDDING, Vector, VectorSchema

if TYPE_CHECKING:
    from detector.embedding import Embedder

NO_RUNTIME, NO_PRECISION = "numpy", "float64"
"""Runtime and precision of vectors without an embedding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What measuring one picture gave, and what is known of its file."""

    sha256: str
    """Of the file, in hexadecimal; empty where it can't be read."""
    vector: Vector | Reason
    """Its numbers, or why it has none."""
    width: int = 0
    """Columns of the decoded picture; 0 where it can't be decoded."""
    height: int = 0
    """Rows."""
    perceptual_hash: int | None = None
    """See ``detector.perceptual``; None where it can't be decoded."""
    fresh: bool = True
    """False where it was measured before and remembered."""


class Measuring:
    """Makes vectors of one schema.

    Args:
        groups: handcrafted groups.
        embedder: gives the rest; None where there is no embedding.
        clock: measures the stages; without one, vectors have no times.
    """

    def __init__(
        self, groups: tuple[str, ...], embedder: Embedder | None, clock: Clock | None = None
    ) -> None:
        self.schema = VectorSchema(
            groups=groups,
            embedding=NO_EMBEDDING if embedder is None else embedder.spec.id,
            embedding_length=0 if embedder is None else embedder.length,
        )
        self.runtime = NO_RUNTIME if embedder is None else embedder.runtime
        self.precision = NO_PRECISION if embedder is None else embedder.precision
        self._embedder = embedder
        self._clock = clock

    def vector(self, picture: Picture) -> Vector:
        """Measure a picture.

        Raises:
            Rejected: ``too_small``, ``extraction_failed``.
        """
        height, width = picture.rgb.shape[:2]
        if min(height, width) < MIN_SIDE:
            raise Rejected(
                Reason.TOO_SMALL,
                f"The picture is {width} x {height} pixels; its shorter side must have {MIN_SIDE} or more.",
            )
        times: dict[str, float] = {}
        with timed(times, "features", self._clock):
            numbers = extract(picture.rgb, self.schema.groups).values
        if self._embedder is not None:
            with timed(times, "embedding", self._clock):
                embedded = self._embedder.embed(picture.rgb)
            if not np.isfinite(embedded).all():
                raise Rejected(Reason.EXTRACTION_FAILED, "The embedding can't be computed for this picture.")
            numbers = np.concatenate([numbers, embedded])
        return Vector.of(self.schema, numbers, times)
