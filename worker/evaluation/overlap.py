"""Makes sure that no figure is measured on pictures that the bundle was trained on."""

from __future__ import annotations

from dataclasses import dataclass

from detector.bundle import Bundle
from detector.memory import Memory
from detector.reasons import Reason, Rejected
from worker.evaluation.order import Order
from worker.evaluation.pictures import MeasuredPictures

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """The pictures that may be judged, and what a reader must know of how they were chosen."""

    pictures: MeasuredPictures
    left_out: int
    remarks: tuple[str, ...]


def unseen(order: Order, bundle: Bundle, pictures: MeasuredPictures) -> Unseen:
    """The pictures that the bundle has not been trained on, by hash of file and of pixels.

    Raises:
        Rejected: ``corpus_invalid``: there are others among them, or the bundle can't tell.
    """
    if order.cross_validate:
        return Unseen(pictures=pictures, left_out=0, remarks=())
    if bundle.memory is None:
        return Unseen(pictures=pictures, left_out=0, remarks=(_vouched(order),))
    known = known_places(bundle.memory, pictures)
    if known and not order.leave_out_trained:
        named = ", ".join(pictures.entries[place].name for place in known[:_NAMED])
        raise Rejected(
            Reason.CORPUS_INVALID,
            f"the bundle was trained on {len(known)} of these {len(pictures.entries)} pictures ({named}"
            f"{' ...' if len(known) > _NAMED else ''}): take them out, or leave them out with"
            " --leave-out-trained, or refit without them with --cross-validate",
        )
    if len(known) == len(pictures.entries):
        raise Rejected(
            Reason.CORPUS_INVALID,
            "the bundle was trained on every one of these pictures; use --cross-validate, or other pictures",
        )
    kept = pictures.without(known)
    return Unseen(pictures=kept, left_out=len(known), remarks=_known_groups(bundle.memory, kept))


def known_places(memory: Memory, pictures: MeasuredPictures) -> list[int]:
    """Places of the pictures that a memory holds."""
    return [
        place
        for place, mark in enumerate(pictures.marks)
        if memory.overlaps(sha256=bytes.fromhex(mark.sha256), perceptual=mark.perceptual_hash)
    ]


def _vouched(order: Order) -> str:
    if not order.vouched_unseen:
        raise Rejected(
            Reason.CORPUS_INVALID,
            "the bundle remembers none of the pictures that it was trained on, so nobody can tell whether"
            " these are new to it: train it again, use --cross-validate, or vouch for it with --vouch-unseen",
        )
    return (
        "The bundle remembers none of the pictures that it was trained on: that these are new to it was"
        " vouched for by whoever ran this, and not checked."
    )


def _known_groups(memory: Memory, pictures: MeasuredPictures) -> tuple[str, ...]:
    """Pictures of a source that was trained on are easier than those of a new one."""
    trained = set(memory.groups)
    count = sum(entry.group in trained for entry in pictures.entries)
    if not count:
        return ()
    return (
        f"{count} of {len(pictures.entries)} pictures are new, but come from sources that the bundle was"
        " trained on: on new sources it may do worse than these figures say.",
    )
