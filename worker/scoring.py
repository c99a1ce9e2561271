"""From a file's bytes to what is stored of it: decode beside us, measure, judge, with the time of each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from detector import Detector, Picture, Verdict
from detector.perceptual import Fingerprint, fingerprint
from detector.picture import PictureFacts
from detector.stopwatch import timed
from worker import tracing

_SPANS = {
    "decode": "decode",
    "features": "features",
    "embedding": "embedding",
    "ensemble": "score",
    "veto": "veto",
}
"""The stages in their order, and what a trace calls them."""


class Decodes(Protocol):
    """Turns bytes into pixels where no file can take the models with it."""

    def decode(self, data: bytes) -> Picture:
        """Decode one file, or raise Rejected."""

    def close(self) -> None:
        """End the process behind it; the next file starts another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One picture, judged."""

    picture: Picture
    facts: PictureFacts
    fingerprint: Fingerprint
    verdict: Verdict


def score(
    data: bytes,
    *,
    detector: Detector,
    decoder: Decodes,
    stage_ms: dict[str, float],
    domain: str | None = None,
) -> Scored:
    """Judge one file.

    Args:
        data: the file's bytes.
        detector: the bundle that speaks.
        decoder: turns the bytes into pixels.
        stage_ms: gets the milliseconds of each stage.
        domain: the kind of picture that it is said to be.

    Raises:
        Rejected: the file can't be decoded, is too small, or can't be measured.
        Fault: the bundle's parts or weights are not what they should be.
    """
    with timed(stage_ms, "decode", time.perf_counter):  # the way to the other process included
        picture = decoder.decode(data)
    verdict = detector.judge(picture, detector.vector(picture), domain)
    stage_ms.update(verdict.stage_ms)
    tracing.past(stage_ms, _SPANS)
    return Scored(picture=picture, facts=picture.facts, fingerprint=fingerprint(picture), verdict=verdict)
