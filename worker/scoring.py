"""From a file's bytes to what is stored of it: decode beside us, measure, judge, with the time of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from detector import Detector, Picture, Verdict
from detector.picture import PictureFacts
from worker.perceptual import perceptual_hash

Seconds = Callable[[], float]


class Decodes(Protocol):
    """Turns bytes into pixels where no file can take the models with it."""

    def decode(self, data: bytes) -> Picture:
        """Decode one file, or raise Rejected."""

    def close(self) -> None:
        """End the process behind it; the next file starts another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One picture, judged."""

    facts: PictureFacts
    perceptual_hash: int
    verdict: Verdict


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage."""

    now: Seconds = time.perf_counter
    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the block."""
        begun = self.now()
        try:
            yield
        finally:
            self.ms[name] = round(1000 * (self.now() - begun), 3)


def score(data: bytes, *, detector: Detector, decoder: Decodes, watch: Stopwatch) -> Scored:
    """Judge one file.

    Raises:
        Rejected: the file can't be decoded, is too small, or can't be measured.
        Fault: the bundle's parts or weights are not what they should be.
    """
    with watch.stage("decode"):  # the way to the other process included
        picture = decoder.decode(data)
    verdict = detector.judge(picture, detector.vector(picture))
    watch.ms.update(verdict.stage_ms)
    return Scored(facts=picture.facts, perceptual_hash=perceptual_hash(picture), verdict=verdict)
