"""What an evaluation is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from detector.evaluation.deliveries import CLEAN, EVERY, PERTURBATIONS, PLATFORMS, TIERS, Delivery
from detector.reasons import Reason, Rejected
from detector.training.studies import STUDIES, Study

ALL, NONE = "all", "none"
KINDS = {"tiers": TIERS, "platforms": PLATFORMS, "perturbations": PERTURBATIONS}
"""Words that stand for several deliveries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One evaluation."""

    bundle: Path
    manifest: Path
    cross_validate: bool = False
    """Refit the bundle's recipe without the pictures that it judges, in folds by group."""
    veto: bool = True
    """Ask the veto; in folds it is tuned anew."""
    split: str | None = None
    """Of the manifest; None takes ``test``, or what is trained on where folds are judged."""
    leave_out_trained: bool = False
    """Leave pictures out that the bundle was trained on, instead of refusing them."""
    vouched_unseen: bool = False
    """Somebody vouches that a bundle without a memory was not trained on these pictures."""
    deliveries: tuple[Delivery, ...] = (*TIERS, *PLATFORMS)
    """Clean is always the first."""
    studies: tuple[Study, ...] = ()
    offenders: int = 12
    """How many of the worst errors of each kind are shown."""
    thumbnails: bool = True
    seed: int = 20261127
    cache: Path
    """Folder of what was measured before."""
    children: int = 1
    """Measuring processes."""


def deliveries_named(text: str) -> tuple[Delivery, ...]:
    """The deliveries of a list such as ``tiers,x,jpeg-30``; clean is always the first.

    Raises:
        Rejected: ``bad_request``: there is none of that name.
    """
    found = {CLEAN.name: CLEAN}
    for word in _words(text):
        if word == ALL:
            chosen = tuple(EVERY.values())
        elif word in KINDS:
            chosen = KINDS[word]
        elif word in EVERY:
            chosen = (EVERY[word],)
        else:
            raise _unknown("delivery", word, [ALL, *KINDS, *EVERY])
        found |= {delivery.name: delivery for delivery in chosen}
    return tuple(found.values())


def studies_named(text: str) -> tuple[Study, ...]:
    """The studies of a list of names, of ``all`` or of ``none``, in the order in which they are told.

    Raises:
        Rejected: ``bad_request``: there is none of that name.
    """
    words = _words(text)
    if unknown := [word for word in words if word not in {ALL, NONE, *STUDIES}]:
        raise _unknown("study", unknown[0], [ALL, NONE, *STUDIES])
    return tuple(study for name, study in STUDIES.items() if name in words or ALL in words)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _unknown(what: str, word: str, known: list[str]) -> Rejected:
    return Rejected(
        Reason.BAD_REQUEST, f"there is no {what} called {word!r}; choose among {', '.join(known)}"
    )
