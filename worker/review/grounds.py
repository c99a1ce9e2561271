"""Why people decide as they do: the codes that go with each answer, in words."""

from __future__ import annotations

from collections.abc import Mapping

from db.models.review import Ground, HumanLabel
from detector.reasons import Reason, Rejected

GROUNDS: Mapping[HumanLabel, Mapping[Ground, str]] = {
    HumanLabel.GENUINE: {
        Ground.HANDWORK: "strokes, corrections or material of a hand",
        Ground.PROCESS: "shows how it was made: sketch, layers, steps",
        Ground.CAMERA: "noise, optics or series of a camera",
        Ground.OFFERED_EVIDENCE: "evidence that its maker offered",
    },
    HumanLabel.SYNTHETIC: {
        Ground.ANATOMY: "bodies or things that can't be so",
        Ground.LETTERING: "lettering that says nothing",
        Ground.TEXTURE: "melted or repeated texture",
        Ground.LIGHT: "light, shadow or perspective that don't fit",
        Ground.GENERATOR_TRACE: "a generator's mark or parameters in the file",
        Ground.STATED: "its uploader says so",
    },
    HumanLabel.CANNOT_TELL: {
        Ground.NO_SIGNS: "no signs either way",
        Ground.TOO_POOR: "too small or too compressed",
        Ground.EDITED: "edited so much that both are possible",
    },
}
"""By answer, the most frequent first."""


def unfitting(label: HumanLabel, ground: Ground) -> str:
    """That a ground belongs to another answer, in the words that the pages have for grounds."""
    said = next(each[ground] for each in GROUNDS.values() if ground in each)
    fitting = "; ".join(GROUNDS[label].values())
    answer = label.value.lower().replace("_", " ")
    return f"“{said}” is no ground for “{answer}”. Its grounds are: {fitting}; or choose none"


def check(label: HumanLabel, ground: Ground | None) -> None:
    """Refuse a ground that belongs to another answer.

    Raises:
        Rejected: ``bad_request``.
    """
    if ground is not None and ground not in GROUNDS[label]:
        fitting = ", ".join(GROUNDS[label])
        raise Rejected(
            Reason.BAD_REQUEST, f"{ground} is no ground for {label}; choose one of {fitting}, or none"
        )
