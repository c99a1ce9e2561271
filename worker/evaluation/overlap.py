"""Makes sure that no figure is measured on pictures that the bundle was trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detector.bundle import Bundle
from detector.memory import NEAR_BITS, Memory
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
    apart = _apart(pictures) if order.cross_validate or order.studies else _all(pictures)
    if order.cross_validate:
        return apart
    if bundle.memory is None:
        return replace(apart, remarks=(_vouched(order), *apart.remarks))
    return _new(order, bundle.memory, apart)


def _new(order: Order, memory: Memory, apart: Unseen) -> Unseen:
    pictures = apart.pictures
    known = known_places(memory, pictures)
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
    remarks = (*apart.remarks, *_known_groups(memory, kept))
    return Unseen(pictures=kept, left_out=len(known), remarks=remarks)


def twins(pictures: MeasuredPictures) -> list[int]:
    """Places of the pictures that are nearly the same as an earlier one of another group.

    Groups are kept apart in folds; of a picture that lies in two of them, one copy would be learned from and
    the other judged.
    """
    marks = [mark.perceptual_hash or 0 for mark in pictures.marks]
    hashes = np.array(marks, dtype=np.int64).view(np.uint64)
    groups = np.array([entry.group for entry in pictures.entries])
    kept = np.ones(len(hashes), dtype=np.bool_)
    for place in range(1, len(hashes)):
        alike = np.bitwise_count(hashes[:place] ^ hashes[place]) <= NEAR_BITS
        kept[place] = not (alike & kept[:place] & (groups[:place] != groups[place])).any()
    return np.flatnonzero(~kept).tolist()


def known_places(memory: Memory, pictures: MeasuredPictures) -> list[int]:
    """Places of the pictures that a memory holds."""
    return [
        place
        for place, mark in enumerate(pictures.marks)
        if memory.overlaps(sha256=bytes.fromhex(mark.sha256), perceptual=mark.perceptual_hash)
    ]


def _all(pictures: MeasuredPictures) -> Unseen:
    return Unseen(pictures=pictures, left_out=0, remarks=())


def _apart(pictures: MeasuredPictures) -> Unseen:
    """Pictures that can be kept apart in folds."""
    copies = twins(pictures)
    if not copies:
        return _all(pictures)
    told = (
        f"{len(copies)} pictures are nearly the same as one of another source: only one of each was kept,"
        " since folds would have learned from the other."
    )
    return Unseen(pictures=pictures.without(copies), left_out=0, remarks=(told,))


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
