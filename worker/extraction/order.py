"""How pictures are to be measured, in a form that is handed to other processes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from worker.settings import Settings

if TYPE_CHECKING:
    from detector.measuring import Measuring
    from worker.decoding import DecoderProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringOrder:
    """Which numbers are wanted, and within which limits pictures are decoded."""

    groups: tuple[str, ...] = ("hc148",)
    """Handcrafted groups."""
    embedding: str | None = None
    """Id of an embedding; None measures handcrafted features alone."""
    weights: Path | None = None
    """Safetensors of its backbone, checked by the caller."""
    precision: str | None = None
    """``float32`` or ``bfloat16``; None takes what is fastest here without another answer."""
    settings: Settings = field(repr=False)
    """Say how large a file may be, and how long its decoding may take: those of a worker."""

    def open(self) -> Measuring:
        """What measures. Loads the backbone.

        Raises:
            Fault: its weights are missing or are another network's.
            ValueError: the embedding's id is none, or a group is unknown.
        """
        from detector.measuring import Measuring  # noqa: PLC0415 - loads the numeric libraries

        if self.embedding is None:
            return Measuring(self.groups, None)
        if self.weights is None:
            raise ValueError("an embedding is measured with the weights of its backbone")
        from detector.embedding import EmbeddingSpec, load_embedder  # noqa: PLC0415 - loads PyTorch

        spec = EmbeddingSpec.parse(self.embedding)
        return Measuring(self.groups, load_embedder(spec, self.weights, precision=self.precision))

    def decoder(self) -> DecoderProcess:
        """A decoder with a worker's limits; the caller closes it."""
        from detector import DecodeLimits  # noqa: PLC0415 - loads Pillow
        from worker.decoding import DecoderProcess  # noqa: PLC0415 - see above

        limits = DecodeLimits(max_bytes=self.settings.max_bytes, max_pixels=self.settings.max_pixels)
        return DecoderProcess(
            limits, seconds=self.settings.decode_seconds, memory=self.settings.decode_memory
        )

    def key(self, measuring: Measuring) -> bytes:
        """32 bytes that differ where the numbers of one picture may differ.

        From the schema, the rules of decoding, the backbone's weights, and what computes in which precision.

        Args:
            measuring: as ``open`` gave it.
        """
        from detector.decode import DECODE_VERSION  # noqa: PLC0415 - loads Pillow

        parts = (
            measuring.schema.sha256,
            str(DECODE_VERSION),
            "" if self.weights is None else _digest(self.weights),
            measuring.runtime,
            measuring.precision,
        )
        return hashlib.sha256("\n".join(parts).encode()).digest()


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
