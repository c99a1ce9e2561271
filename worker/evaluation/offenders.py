"""The worst errors, one by one: what a moderator would have been shown wrongly."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import numpy as np

from detector.bundle import Bundle
from detector.decode import decode
from detector.evaluation.deliveries import Pixels, shrink
from detector.evaluation.judged import Judged
from detector.training.folds import Numbers
from detector.vector import Vector
from worker.evaluation.pictures import MeasuredPictures

_SIDE = 200
_QUALITY = 80


def offenders(
    judged: Judged, pictures: MeasuredPictures, bundle: Bundle | None, *, count: int, thumbnails: bool
) -> dict[str, list[dict[str, Any]]]:
    """People's pictures that were called SYNTHETIC, and generated ones that were called GENUINE.

    Args:
        judged: clean, all pictures in their order.
        pictures: the same.
        bundle: explains its verdicts; None where other models gave them.
        count: of each kind, the surest errors first.
        thumbnails: whether to show the pictures.
    """
    wrong = {
        "human_called_synthetic": (~judged.labels & judged.synthetic, -judged.probability),
        "ai_called_genuine": (judged.labels & judged.genuine, judged.probability),
    }
    return {
        name: [
            _told(int(place), judged, pictures, bundle, thumbnails=thumbnails)
            for place in _first(np.flatnonzero(chosen), order, count)
        ]
        for name, (chosen, order) in wrong.items()
    }


def _first(places: Numbers, order: np.ndarray[Any, np.dtype[np.float64]], count: int) -> Numbers:
    return places[np.argsort(order[places], kind="stable")][:count]


def _told(
    place: int, judged: Judged, pictures: MeasuredPictures, bundle: Bundle | None, *, thumbnails: bool
) -> dict[str, Any]:
    entry, mark = pictures.entries[place], pictures.marks[place]
    assert isinstance(mark.vector, Vector), "pictures without a vector were left out"
    return {
        "name": entry.name,
        "group": entry.group,
        "domain": entry.domain,
        "generator": entry.generator,
        "verdict": str(judged.verdict(place)),
        "probability": round(float(judged.probability[place]), 4),
        "reasons": [] if bundle is None else reasons(bundle, mark.vector),
        "thumbnail": thumbnail(decode(entry.file.read_bytes()).rgb) if thumbnails else None,
    }


def reasons(bundle: Bundle, vector: Vector) -> list[str]:
    """Why a bundle scores a vector as it does, in words."""
    scores = bundle.ensemble.score(vector.values[None])
    asked = ", ".join(f"{name} {of_all[0]:.2f}" for name, of_all in scores.members.items())
    found = [f"Members: {asked}."]
    if bundle.memory is not None:
        near = bundle.memory.nearest(vector.values, 3)
        told = ", ".join(f"{each.group} ({'AI' if each.synthetic else 'human'})" for each in near)
        found.append(f"Measures most like training pictures of {told}.")
    return found


def thumbnail(pixels: Pixels) -> str:
    """A small JPEG of a picture, as a data URI."""
    small = cv2.cvtColor(shrink(pixels, longer=_SIDE), cv2.COLOR_RGB2BGR)
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode()
