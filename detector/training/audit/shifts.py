"""How far a bundle's verdicts move between a picture and its changed copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decode import DecodeLimits, decode
from detector.detect import Detector
from detector.evaluation.metrics import Labels, Share, group_interval, share
from detector.picture import Picture
from detector.policy import Label
from detector.reasons import Rejected
from detector.training.audit.variants import ORIGINAL, VARIANTS, Variant, same_pixels
from detector.training.folds import Groups

_LIMITS = DecodeLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was said of one picture."""

    label: Label
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its 95 % interval over the choice of groups; nan where nothing was measured."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float | None]:
        """With four decimals; None for nan."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if np.isnan(each) else round(each, 4) for name, each in numbers.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What one variant does to the verdicts of the pictures that it can be made of."""

    variant: Variant
    changed: Share
    """Another verdict than that of the original."""
    accused: Share
    """Of people's pictures: SYNTHETIC now, and not before."""
    cleared: Share
    """Of generated pictures: GENUINE now, and not before."""
    lost: Share
    """Of generated pictures: SYNTHETIC before, and no more."""
    median: Figure
    """Of the change of probability, without its sign."""
    p95: Figure
    """The 95 % point of the same."""

    def as_json(self) -> dict[str, Any]:
        """All of it, rates with four decimals."""
        return {
            "what": self.variant.what,
            "changed": self.changed.as_json(),
            "human_turned_synthetic": self.accused.as_json(),
            "ai_turned_genuine": self.cleared.as_json(),
            "ai_no_longer_synthetic": self.lost.as_json(),
            "median": self.median.as_json(),
            "p95": self.p95.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a bundle's verdicts on some pictures did."""

    bundle: str
    """Its id."""
    known: int | None
    """Pictures of the corpus that were left out, since the bundle was trained on them; None where it does
    not say on which it was."""
    pictures: int
    shifts: tuple[Shift, ...]

    @property
    def impossible(self) -> tuple[str, ...]:
        """Variants, in words, that could be made of none of the pictures."""
        made = {shift.variant.name for shift in self.shifts}
        return tuple(variant.what for variant in VARIANTS if variant.name not in made)


def judge_variants(detector: Detector, data: bytes, limits: DecodeLimits = _LIMITS) -> dict[str, Judged]:
    """What a detector says of a file and of each variant of it, by name; ``original`` is the file itself.

    A variant that can't be made of this file, or that is refused, is left out. Where the pixels are the
    same, so is the verdict.

    Raises:
        Rejected: the file itself has no verdict.
    """
    original = decode(data, limits)
    found = {ORIGINAL: _judge(detector, original)}
    for variant in VARIANTS:
        try:
            pixels = variant.of(data, original)
            if pixels is None:
                continue
            if same_pixels(pixels, original.rgb):
                found[variant.name] = found[ORIGINAL]
            else:
                found[variant.name] = _judge(detector, replace(original, rgb=pixels))
        except Rejected:
            continue
    return found


def shifts_of(
    judged: Sequence[Mapping[str, Judged]], labels: Labels, groups: Groups, *, seed: int
) -> tuple[Shift, ...]:
    """What each variant does, in the order of the variants; one that no picture has is left out.

    Args:
        judged: of each picture, as ``judge_variants`` gives it.
        labels: (n,) True where a generator made the picture.
        groups: (n,) number of each picture's group.
        seed: of the bootstraps.
    """
    found = []
    for variant in VARIANTS:
        places = np.array([k for k, each in enumerate(judged) if variant.name in each], dtype=np.intp)
        if len(places):
            pairs = [(judged[k][ORIGINAL], judged[k][variant.name]) for k in places]
            found.append(_shift(variant, pairs, labels[places], groups[places], seed))
    return tuple(found)


def _shift(
    variant: Variant, pairs: Sequence[tuple[Judged, Judged]], labels: Labels, groups: Groups, seed: int
) -> Shift:
    moved = np.array([abs(after.probability - before.probability) for before, after in pairs])
    return Shift(
        variant=variant,
        changed=share(np.array([after.label is not before.label for before, after in pairs])),
        accused=share(_became(Label.SYNTHETIC, pairs)[~labels]),
        cleared=share(_became(Label.GENUINE, pairs)[labels]),
        lost=share(_became(Label.SYNTHETIC, [(after, before) for before, after in pairs])[labels]),
        median=_point(moved, 0.5, groups, seed),
        p95=_point(moved, 0.95, groups, seed),
    )


def _became(label: Label, pairs: Sequence[tuple[Judged, Judged]]) -> npt.NDArray[np.bool_]:
    return np.array([after.label is label and before.label is not label for before, after in pairs])


def _point(values: npt.NDArray[np.float64], share_: float, groups: Groups, seed: int) -> Figure:
    low, high = group_interval(
        lambda drawn: float(np.quantile(values[drawn], share_)), groups, np.random.default_rng(seed)
    )
    return Figure(value=float(np.quantile(values, share_)), low=low, high=high)


def _judge(detector: Detector, picture: Picture) -> Judged:
    verdict = detector.judge(picture, detector.vector(picture))
    return Judged(label=verdict.label, probability=verdict.probability)
