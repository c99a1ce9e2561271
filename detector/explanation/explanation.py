"""Gathers everything that bears on one verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from detector.bundle import Bundle
from detector.explanation.contributions import EMBEDDING, Contributions, contributions
from detector.explanation.records import Explanation, MemberSaid, Moved, MovedFeature, VetoSaid
from detector.explanation.steps import steps
from detector.features.catalogue import Feature, schemas
from detector.features.words import EMBEDDING_WORDS, GROUP_WORDS
from detector.vector import Vector
from detector.verdict import Verdict

_SHOWN = 10
_NEIGHBOURS = 5


def explain(
    bundle: Bundle,
    vector: Vector,
    verdict: Verdict,
    *,
    sha256: bytes | None = None,
    perceptual: int | None = None,
) -> Explanation:
    """Why the bundle said this of a picture. Pure: neither weights nor the picture are needed.

    Args:
        bundle: that gave the verdict.
        vector: that it scored.
        verdict: that it gave.
        sha256: of the picture's file, to say whether it was among the training's; None where unknown.
        perceptual: the picture's perceptual hash, for the same.

    Raises:
        ValueError: the verdict is another bundle's, or the vector of another schema.
        Fault: ``bundle_invalid``: its trees can't be explained.
    """
    if verdict.bundle != bundle.id or vector.schema != bundle.schema:
        raise ValueError("a verdict is explained by the bundle that gave it and the vector that it scored")
    parts, memory = contributions(bundle, vector), bundle.memory
    veto = _veto(bundle, verdict)
    return Explanation(
        label=verdict.label,
        probability=verdict.probability,
        raw=verdict.raw,
        bundle=bundle.id,
        runtime=verdict.runtime,
        precision=verdict.precision,
        members=_members(bundle, verdict),
        base=parts.base,
        groups=_groups(bundle, parts),
        features=tuple(sorted(_moved(bundle, vector, parts), key=_strength))[:_SHOWN],
        neighbours=() if memory is None else memory.nearest(vector.values, _NEIGHBOURS),
        usual=None if memory is None else memory.usual,
        known=() if memory is None else memory.overlaps(sha256=sha256, perceptual=perceptual),
        veto=veto,
        policy=tuple(steps(bundle.policy, verdict, veto)),
        warranty=verdict.warranty,
    )


def _members(bundle: Bundle, verdict: Verdict) -> tuple[MemberSaid, ...]:
    seats = bundle.ensemble.seats
    total = sum(seat.weight for seat in seats.values())
    return tuple(
        MemberSaid(name=name, probability=verdict.members[name], weight=seat.weight / total)
        for name, seat in seats.items()
    )


def _features(bundle: Bundle) -> list[Feature]:
    return [feature for schema in schemas(bundle.schema.groups) for feature in schema.features]


def _moved(bundle: Bundle, vector: Vector, parts: Contributions) -> Iterator[MovedFeature]:
    """Every handcrafted feature that moved anything."""
    values = vector.values[: bundle.schema.handcrafted]
    places = None if bundle.memory is None else bundle.memory.reference.places(values)
    for number, feature in enumerate(_features(bundle)):
        if not parts.handcrafted[number]:
            continue
        known = not vector.replaced[number]
        yield MovedFeature(
            name=feature.name,
            words=GROUP_WORDS[feature.group],
            contribution=float(parts.handcrafted[number]),
            value=float(values[number]) if known else None,
            unit=feature.unit,
            place=float(places[number]) if known and places is not None else None,
        )


def _groups(bundle: Bundle, parts: Contributions) -> tuple[Moved, ...]:
    sums: defaultdict[str, float] = defaultdict(float)
    for feature, part in zip(_features(bundle), parts.handcrafted, strict=True):
        sums[feature.group] += float(part)
    named = [Moved(name=group, words=GROUP_WORDS[group], contribution=part) for group, part in sums.items()]
    for name, part in parts.embedding.items():
        words = name.replace(EMBEDDING, EMBEDDING_WORDS)
        named.append(Moved(name=name, words=words, contribution=part))
    return tuple(sorted(named, key=_strength))


def _strength(moved: Moved) -> float:
    """Sorts the strongest first."""
    return -abs(moved.contribution)


def _veto(bundle: Bundle, verdict: Verdict) -> VetoSaid:
    return VetoSaid(
        asked=verdict.veto.probability is not None,
        probability=verdict.veto.probability,
        threshold=None if bundle.veto is None else float(bundle.veto["threshold"]),
        overruled=verdict.veto.overruled,
        reason=verdict.reason,
    )
