"""Short-lived links to pictures: signed for one viewer, one picture and one form."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from detector.reasons import Reason, Rejected
from worker.clock import unix_now
from worker.console.pictures.subject import Subject, Variant

PATH = "/console/pictures"


class Links:
    """Makes links and knows them again.

    Args:
        key: 32 bytes that all processes of the console share.
        seconds: how long a link holds.
        clock: whole seconds since 1970.
    """

    def __init__(self, key: bytes, seconds: int, clock: Callable[[], int] = unix_now) -> None:
        self._key = key
        self._seconds = seconds
        self._clock = clock

    def mint(self, subject: Subject, variant: Variant, viewer: str) -> str:
        """A path, with its query, that shows the picture to this viewer for a while.

        Links that are made within a tenth of their life are the same, so that browsers know them again.
        """
        step = max(1, self._seconds // 10)
        until = (self._clock() // step + 1) * step + self._seconds
        sign = self._sign(subject, variant, viewer, until)
        return f"{PATH}/{subject.kind}/{subject.id}/{variant}?until={until}&sign={sign}"

    def check(self, subject: Subject, variant: Variant, viewer: str, *, until: int, sign: str) -> int:
        """The seconds for which a link still holds.

        Raises:
            Rejected: ``link_refused``: it is over, or was made for another viewer, picture or form.
        """
        expected = self._sign(subject, variant, viewer, until)
        left = until - self._clock()
        if not hmac.compare_digest(expected.encode(), sign.encode()) or left <= 0:
            raise Rejected(Reason.LINK_REFUSED, "this link is over, or not yours; open the item again")
        return left

    def _sign(self, subject: Subject, variant: Variant, viewer: str, until: int) -> str:
        # The name comes last: whatever it holds, no two links have one text.
        signed = f"{subject.kind}\n{subject.id}\n{variant}\n{until}\n{viewer}"
        return hmac.new(self._key, signed.encode(), hashlib.sha256).hexdigest()
