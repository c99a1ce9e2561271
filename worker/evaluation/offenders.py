"""The worst errors, one by one: what a moderator would have been shown wrongly."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import numpy as np

from detector import Detector
from detector.decode import DecodeLimits, decode
from detector.evaluation.deliveries import Pixels, shrink
from detector.evaluation.judged import Judged
from detector.evaluation.metrics import Scores
from detector.explanation import Explanation, MovedFeature, explain
from detector.policy import Label
from detector.training.folds import Numbers
from detector.vector import Vector
from worker.evaluation.pictures import MeasuredPictures

_SIDE = 200
_QUALITY = 80
_SPEAKING = 3
_FEATURES = 2


def offenders(
    judged: Judged,
    pictures: MeasuredPictures,
    detector: Detector | None,
    limits: DecodeLimits,
    *,
    count: int,
    thumbnails: bool,
) -> dict[str, list[dict[str, Any]]]:
    """People's pictures that were called SYNTHETIC, and generated ones that were called GENUINE.

    Args:
        judged: clean, all pictures in their order.
        pictures: the same.
        detector: gave the verdicts and explains them; None where models of folds did.
        limits: of decoding.
        count: of each kind, the surest errors first.
        thumbnails: whether to show the pictures.
    """
    wrong = {
        "human_called_synthetic": (~judged.labels & judged.synthetic, -judged.probability),
        "ai_called_genuine": (judged.labels & judged.genuine, judged.probability),
    }
    return {
        name: [
            _told(place, judged, pictures, detector, limits) | ({} if thumbnails else {"thumbnail": None})
            for place in _first(np.flatnonzero(chosen), order, count)
        ]
        for name, (chosen, order) in wrong.items()
    }


def reasons(found: Explanation) -> list[str]:
    """The grounds of a verdict, in sentences that need no knowledge of the features."""
    members = ", ".join(f"{member.name} {member.probability:.2f}" for member in found.members)
    told = [f"Members: {members}."]
    sign = -1 if found.label is Label.GENUINE else 1
    speaking = [moved.words for moved in found.groups if sign * moved.contribution > 0][:_SPEAKING]
    if speaking:
        told.append(f"Speak for {'a person' if sign < 0 else 'a generator'}: {'; '.join(speaking)}.")
    placed = [each for each in found.features if sign * each.contribution > 0 and each.place is not None]
    told += [_placed(each) for each in placed[:_FEATURES]]
    if found.neighbours:
        near = ", ".join(
            f"{each.group} ({'AI' if each.synthetic else 'human'})" for each in found.neighbours[:_SPEAKING]
        )
        unlike = ", but is unlike all of them" if found.unlike else ""
        told.append(f"Nearest in the training: {near}{unlike}.")
    return told


def thumbnail(pixels: Pixels) -> str:
    """A small JPEG of a picture, as a data URI."""
    small = cv2.cvtColor(shrink(pixels, longer=_SIDE), cv2.COLOR_RGB2BGR)
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode()


def _first(places: Numbers, order: Scores, count: int) -> list[int]:
    found: list[int] = places[np.argsort(order[places], kind="stable")][:count].tolist()
    return found


def _told(
    place: int, judged: Judged, pictures: MeasuredPictures, detector: Detector | None, limits: DecodeLimits
) -> dict[str, Any]:
    entry, vector = pictures.entries[place], pictures.marks[place].vector
    assert isinstance(vector, Vector), "pictures without a vector were left out"
    picture = decode(entry.file.read_bytes(), limits)
    grounds: list[str] = []
    if detector is not None:
        grounds = reasons(explain(detector.bundle, vector, detector.judge(picture, vector, entry.domain)))
    return {
        "name": entry.name,
        "group": entry.group,
        "domain": entry.domain,
        "generator": entry.generator,
        "verdict": str(judged.verdict(place)),
        "probability": round(float(judged.probability[place]), 4),
        "reasons": grounds,
        "thumbnail": thumbnail(picture.rgb),
    }


def _placed(feature: MovedFeature) -> str:
    below = 100 * (feature.place or 0.0)
    where = f"above that of {below:.0f} %" if below >= 50 else f"below that of {100 - below:.0f} %"
    return f"Its {feature.name} ({feature.words}) lies {where} of people's pictures."
