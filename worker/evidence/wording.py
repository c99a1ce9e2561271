"""How an explanation is put into words, for a terminal as for a page."""

from __future__ import annotations

from detector.explanation import Explanation, MovedFeature
from detector.memory import Remembered
from detector.warranty import Assurance

LEAST = 0.005
"""Contributions below are shown as nothing, so they are not shown."""


def feature_words(moved: MovedFeature) -> str:
    """A feature's name and value, and where people's pictures have theirs."""
    if moved.value is None:
        return f"{moved.name} not determined by this picture"
    unit = "" if moved.unit == "1" else f" {moved.unit}"
    return f"{moved.name} {moved.value:.4g}{unit}{_place(moved.place)}"


def remembered_words(known: Remembered) -> str:
    """A picture of the training."""
    maker = "a generator's" if known.synthetic else "a person's"
    return f"{maker} {known.domain} picture of {known.group}"


def distance_words(it: Explanation) -> str | None:
    """How near the training comes to the picture; None where the bundle does not remember it."""
    if it.usual is None:
        return None
    far = "farther than" if it.unlike else "within"
    end = ": it is unlike anything that the bundle has seen." if it.unlike else "."
    return f"The nearest is {far} the usual {it.usual:.2f}{end}"


def learned_words(it: Explanation) -> str | None:
    """That the bundle was trained on this very picture; None where it was not."""
    if not it.known:
        return None
    return (
        f"The bundle LEARNED FROM THIS PICTURE ({remembered_words(it.known[0])}):"
        " the verdict tells nothing of how good it is"
    )


def warranty_words(warranty: Assurance | None) -> str:
    """The error rate that applies."""
    return "The bundle states no error rates." if warranty is None else warranty.sentence()


def member_words(name: str) -> str:
    """A member's name as people read it."""
    return name.replace("_", " ")


def _place(place: float | None) -> str:
    if place is None:
        return ""
    if place in {0.0, 1.0}:
        return f", {'below' if place == 0 else 'above'} all of them"
    return f", above {100 * place:.0f} % of them"
