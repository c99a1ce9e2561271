"""Asking a stranger's server: never too fast, again when it asks for patience, and not for ever."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from detector.reasons import Reason, Rejected, Transient
from worker.backoff import backoff
from worker.clock import utc_now

_TRIES = 6
_TRIES_AT_FIRST = 3
"""Of a server that has never answered: there may be no network."""
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 60.0
_MOST_PATIENCE = 900.0
"""Seconds that a server may ask us to wait; whoever asks for more is asked again another day."""
_SECONDS = httpx.Timeout(30.0)
_PATIENCE = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said in the end."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Later:
    """No answer yet."""

    seconds: float | None
    """How long the server asks us to wait, where it does."""
    why: str


class PoliteClient:
    """Gets one address after the other, with at most so many requests a second."""

    def __init__(
        self,
        name: str,
        per_second: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        dice: Callable[[], float] = random.random,
    ) -> None:
        """Set the pace; nothing is sent yet. The name is that of the source, for messages."""
        self._name = name
        self._gap = 1.0 / per_second
        self._sleep = sleep
        self._clock = clock
        self._dice = dice
        self._next = clock()
        self._reached = False
        self._client = httpx.Client(timeout=_SECONDS, follow_redirects=True)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, address: str, max_bytes: int) -> Answer:
        """What an address answers, once it does; a final refusal is an answer as well.

        Raises:
            Rejected: ``too_many_bytes``: the answer is larger than allowed; ``file_unreadable``: this is no
                address.
            Transient: ``dataset_unavailable``: it failed again and again, or asks for too long a wait.
        """
        for failures in range(1, _TRIES + 1):
            self._wait(self._next - self._clock())
            self._next = self._clock() + self._gap
            outcome = self._ask(address, max_bytes)
            if isinstance(outcome, Answer):
                self._reached = True
                return outcome
            delay = outcome.seconds
            if delay is None:
                delay = backoff(failures, first=_FIRST_DELAY, longest=_LONGEST_DELAY, dice=self._dice)
            tries = _TRIES if self._reached else _TRIES_AT_FIRST
            if failures >= tries or delay > _MOST_PATIENCE:
                raise self._given_up(address, outcome)
            self._wait(delay)
        raise AssertionError("the last try returns or raises")

    def _ask(self, address: str, max_bytes: int) -> Answer | _Later:
        try:
            with self._client.stream("GET", address) as response:
                if response.status_code in _PATIENCE:
                    self._reached = True
                    return _Later(_retry_after(response), f"answers {response.status_code} again and again")
                return Answer(status=response.status_code, body=_bounded(response, max_bytes))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise Rejected(Reason.FILE_UNREADABLE, f"{address!r} is no address of the web.") from None
        except httpx.HTTPError as error:
            return _Later(None, f"does not answer ({type(error).__name__})")

    def _given_up(self, address: str, outcome: _Later) -> Transient:
        return Transient(
            Reason.DATASET_UNAVAILABLE,
            f"source {self._name}: {httpx.URL(address).host} {outcome.why}; run the same command again "
            "later: it goes on where it stopped",
        )

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)


def _bounded(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise Rejected(Reason.TOO_MANY_BYTES, f"The answer has more than {max_bytes} bytes.")
    return bytes(body)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3): a number, or a date."""
    said = response.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - utc_now()).total_seconds())
    except (TypeError, ValueError):
        return None
