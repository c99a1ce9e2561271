"""Which refusals a person can judge: odd files must not be a way round."""

from __future__ import annotations

from detector.reasons import Reason
from worker.attempts import REFUSAL_PRIORITY

_NOTHING_TO_LOOK_AT = frozenset(
    {
        Reason.EMPTY,
        Reason.TOO_SMALL,
        Reason.OBJECT_MISSING,
        Reason.OBJECT_FORBIDDEN,
        Reason.OBJECT_CHANGED,
        Reason.REMOVED,
        Reason.SUPERSEDED,
        Reason.BAD_EVENT,
        Reason.BUCKET_NOT_ALLOWED,
    }
)


def review_priority(reason: Reason) -> float | None:
    """Priority of the item that a refusal opens; None where there is nothing to look at.

    A file that is there and that we could not judge may show something all the same: it was too large or
    took too long, or another program reads what our decoders don't.
    """
    return None if reason in _NOTHING_TO_LOOK_AT else REFUSAL_PRIORITY
