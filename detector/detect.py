"""The detector: from a picture to its vector, and from the vector to a verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detector.backbones import weights_file
from detector.bundle import STARTER, Bundle, CheckedRuntime, read_bundle
from detector.decode import DecodeLimits, decode
from detector.measuring import NO_RUNTIME, Measuring
from detector.picture import Picture
from detector.policy import Label, soften
from detector.reasons import Fault, Reason, Rejected
from detector.stopwatch import Clock, timed
from detector.vector import Vector
from detector.verdict import Verdict, VetoOutcome
from detector.warranty import Assurance, Warranty

if TYPE_CHECKING:
    from detector.embedding import Embedder
    from detector.veto import Veto

WEIGHTS = Path(sys.prefix) / "share" / "artgate" / "weights"
"""Where ``artgate weights fetch`` puts backbones' weights, unless it is told otherwise."""

_DOMAINS = 256
"""Verdicts and domains whose rates are kept at hand: senders may state any number of domains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opinion:
    """A verdict of the scores alone."""

    label: Label
    probability: float
    raw: float
    members: dict[str, float]


class Detector:
    """One loaded bundle. Threads may share it as long as only one calls at a time.

    Args:
        bundle: what judges.
        embedder: of the bundle's schema; None where that has no embedding.
        veto: of the bundle; None where it has none.
        clock: measures the stages; without one, verdicts have no times.
    """

    def __init__(
        self, bundle: Bundle, *, embedder: Embedder | None, veto: Veto | None, clock: Clock | None = None
    ) -> None:
        self.bundle = bundle
        self._measuring = Measuring(bundle.schema.groups, embedder, clock)
        self.runtime = self._measuring.runtime
        self.precision = self._measuring.precision
        self._veto = veto
        self._clock = clock
        self._applying = lru_cache(maxsize=_DOMAINS)(_applying(bundle.warranty))

    def detect(self, data: bytes, limits: DecodeLimits | None = None) -> Verdict:
        """The verdict of a file's bytes, decoded in this process.

        Raises:
            Rejected: the file can't be decoded, is too small or can't be measured.
        """
        picture = decode(data, limits or DecodeLimits())
        return self.judge(picture, self.vector(picture))

    def vector(self, picture: Picture) -> Vector:
        """Measure a picture.

        Raises:
            Rejected: ``too_small``, ``extraction_failed``.
        """
        return self._measuring.vector(picture)

    def judge(self, picture: Picture, vector: Vector, domain: str | None = None) -> Verdict:
        """The verdict of a picture by its vector; the picture itself is for the veto only.

        Args:
            picture: what was measured.
            vector: its numbers.
            domain: the kind of picture that it is said to be: chooses the rate that goes with the verdict,
                and nothing else.

        Raises:
            ValueError: the vector is of another schema.
        """
        return next(self.judge_stored([vector], lambda _: picture, [domain]))

    def judge_stored(
        self,
        vectors: Sequence[Vector],
        picture_of: Callable[[int], Picture],
        domains: Sequence[str | None] | None = None,
    ) -> Iterator[Verdict]:
        """The verdicts of vectors in their order; all are scored when the first is asked for.

        Args:
            vectors: of the bundle's schema.
            picture_of: gives the picture of the vector of that number; called only where the scores say
                SYNTHETIC and the bundle has a veto. Where it raises Rejected the verdict is UNCERTAIN,
                with the reason ``veto_unavailable``: nobody is accused without the second look.
            domains: the kind of picture that each is said to be; by default nothing is said.

        Raises:
            ValueError: a vector is of another schema.
        """
        if not vectors:
            return
        times: dict[str, float] = {}
        with timed(times, "ensemble", self._clock):
            opinions = self._opinions(vectors)
        share = {stage: ms / len(vectors) for stage, ms in times.items()}
        said = domains or [None] * len(vectors)
        for number, (vector, opinion) in enumerate(zip(vectors, opinions, strict=True)):
            settled = self._settle(vector, opinion, partial(picture_of, number), dict(share))
            yield self._vouched(settled, said[number])

    def count_synthetic(self, vectors: Sequence[Vector]) -> int:
        """How many vectors' scores alone say SYNTHETIC."""
        return sum(opinion.label is Label.SYNTHETIC for opinion in self._opinions(vectors))

    @property
    def has_veto(self) -> bool:
        """Whether a picture is needed where the scores say SYNTHETIC."""
        return self._veto is not None

    def _opinions(self, vectors: Sequence[Vector]) -> list[_Opinion]:
        if not vectors:
            return []
        if any(vector.schema != self.bundle.schema for vector in vectors):
            raise ValueError(f"the bundle scores vectors of {self.bundle.schema.id} only")
        scores = self.bundle.ensemble.score(np.stack([vector.values for vector in vectors]))
        probabilities = self.bundle.calibration(scores.raw)
        return [
            _Opinion(
                label=self.bundle.policy.thresholds.decide(float(probability)),
                probability=float(probability),
                raw=float(raw),
                members={name: float(of_all[number]) for name, of_all in scores.members.items()},
            )
            for number, (raw, probability) in enumerate(zip(scores.raw, probabilities, strict=True))
        ]

    def _settle(
        self, vector: Vector, opinion: _Opinion, picture: Callable[[], Picture], times: dict[str, float]
    ) -> Verdict:
        """Ask the veto where it has a say."""
        label, outcome, reason = opinion.label, VetoOutcome(), None
        if self._veto is not None and opinion.label is Label.SYNTHETIC:
            outcome, reason = self._ask(self._veto, opinion.label, picture, times)
            label = Label.UNCERTAIN if outcome.overruled else label
        return Verdict(
            label=label,
            probability=opinion.probability,
            raw=opinion.raw,
            members=opinion.members,
            veto=outcome,
            thresholds=self.bundle.policy.thresholds,
            bundle=self.bundle.id,
            vector=vector,
            runtime=self.runtime,
            precision=self.precision,
            reason=reason,
            stage_ms={**vector.stage_ms, **times},
        )

    def _vouched(self, verdict: Verdict, domain: str | None) -> Verdict:
        """With the rate that applies, where the bundle states rates."""
        return replace(verdict, warranty=self._applying(verdict.label, domain))

    def _ask(
        self, veto: Veto, label: Label, picture: Callable[[], Picture], times: dict[str, float]
    ) -> tuple[VetoOutcome, Reason | None]:
        try:
            rgb = picture().rgb
        except Rejected:
            return VetoOutcome(overruled=label), Reason.VETO_UNAVAILABLE
        with timed(times, "veto", self._clock):
            probability = veto.probability(rgb)
        softened = soften(label, probability, veto.threshold) is not label
        overruled = label if softened else None
        return VetoOutcome(applied=softened, probability=probability, overruled=overruled), None


def _applying(warranty: Warranty | None) -> Callable[[Label, str | None], Assurance | None]:
    """Gives the rate for a verdict on a picture of a domain."""
    return (lambda *_: None) if warranty is None else warranty.applying


def load_bundle(
    path: Path = STARTER,
    weights: Path = WEIGHTS,
    clock: Clock | None = None,
    *,
    computing: CheckedRuntime | None = None,
) -> Detector:
    """Load a bundle and the weights that it names. PyTorch is loaded only where there are any.

    Args:
        path: a folder, or one file of it; the bundle that comes with artgate by default.
        weights: folder that holds backbones' weights as ``<sha256>.safetensors``.
        clock: measures the stages of each verdict.
        computing: runtime and precision of the networks; by default the fastest here without another answer.

    Raises:
        Fault: the bundle or the weights are not what they should be, or ``runtime_unavailable``; the message
            says what to do.
    """
    bundle = read_bundle(path)
    options = {} if computing is None else _options(computing)
    embedder = _embedder(bundle, weights, options) if bundle.schema.embedding_length else None
    veto = None if bundle.veto is None else _veto(bundle, weights, options)
    return Detector(bundle, embedder=embedder, veto=veto, clock=clock)


def _options(computing: CheckedRuntime) -> dict[str, str]:
    """Precision and device for networks; none for vectors that no network computed."""
    if computing.runtime == NO_RUNTIME:
        return {}
    from detector.embedding.embedder import device_of  # noqa: PLC0415 - loads torch

    return {"precision": computing.precision, "device": device_of(computing.runtime)}


def _embedder(bundle: Bundle, weights: Path, options: Mapping[str, str]) -> Embedder:
    from detector.embedding import EmbeddingSpec, load_embedder  # noqa: PLC0415 - loads torch

    try:
        spec = EmbeddingSpec.parse(bundle.schema.embedding)
        sha256 = bundle.weights[spec.backbone]
    except (ValueError, KeyError) as error:
        raise Fault(
            Reason.BUNDLE_SCHEMA_UNKNOWN,
            f"The bundle's embedding is unknown here or has no weights: {error}.",
        ) from error
    embedder = load_embedder(spec, weights_file(weights, spec.backbone, sha256), **options)
    if embedder.length != bundle.schema.embedding_length:
        raise Fault(
            Reason.BUNDLE_INCOMPATIBLE,
            f"{spec.id} has {embedder.length} numbers here, {bundle.schema.embedding_length} in the bundle;"
            " install the libraries that the bundle's manifest names.",
        )
    return embedder


def _veto(bundle: Bundle, weights: Path, options: Mapping[str, str]) -> Veto:
    from detector.veto import load_veto  # noqa: PLC0415 - loads torch

    assert bundle.veto is not None
    entry = bundle.veto
    backbone = weights_file(weights, entry["backbone"], entry["weights_sha256"])
    with bundle.files.on_disk(entry["part"]) as part:
        return load_veto(part, entry, backbone, **options)
