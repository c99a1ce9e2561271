"""How fast each token may ask."""

from __future__ import annotations

import hashlib
import math

from fastapi import Request
from sqlalchemy.orm import Session, sessionmaker

from db.queries import allowances
from detector.reasons import Reason, Rejected
from worker.settings import Settings


class Limited(Rejected):
    """The token, or the person, has asked too often: the answer says when to come back.

    Args:
        reason: which limit it was.
        message: the sentence.
        seconds: to wait; whole, at least 1.
    """

    def __init__(self, reason: Reason, message: str, seconds: int) -> None:
        super().__init__(reason, message)
        self.seconds = seconds

    def __reduce__(self) -> tuple[type[Limited], tuple[Reason, str, int]]:  # type: ignore[override] # made of more
        return type(self), (self.reason, self.message, self.seconds)


class RateLimit:
    """A dependency of routes, behind the guard: what is not let in draws from nobody's bucket.

    Args:
        settings: the rate and the burst.
        makes: makes a session of the database for each request.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        self._rate = settings.api_per_second
        self._burst = settings.api_burst
        self._makes = makes

    def __call__(self, request: Request) -> None:
        """Count one request of a token, or of a browser's session.

        Raises:
            Limited: ``rate_limited``.
        """
        shown = request.headers.get("authorization") or request.headers.get("cookie") or ""
        key = hashlib.sha256(shown.encode()).digest()
        with self._makes.begin() as session:
            wait = allowances.draw(session, key, per_second=self._rate, burst=self._burst)
        if wait > 0.0:
            seconds = math.ceil(wait)
            raise Limited(
                Reason.RATE_LIMITED,
                f"this token may send {self._rate:g} requests a second; wait {seconds} s and send it again",
                seconds,
            )
