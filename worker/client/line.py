"""The line to the server: sends a request until it is answered, refused, or tried often enough."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from detector.reasons import Reason
from worker.backoff import backoff
from worker.client.errors import Refused, Unavailable

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_PASSES = frozenset({429, 502, 503, 504})
_FINAL = frozenset({Reason.APPEAL_LIMIT.value})
"""Answered with a status that passes, but not today."""


class Line:
    """Requests with a token; each may be sent again, as the server does none of them twice.

    Args:
        url: where the hook answers.
        token: what to show there.
        attempts: how often a request is sent at most.
        timeout: seconds for one answer.
        wait: sleeps for some seconds between two tries.
        dice: numbers from 0 to below 1 that spread the tries of many clients.
        transport: another way to the server, for tests and proxies.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        attempts: int,
        timeout: float,
        wait: Callable[[float], object] = time.sleep,
        dice: Callable[[], float] = random.random,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )
        self._attempts = attempts
        self._wait = wait
        self._dice = dice

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request; gives the answer's JSON.

        Raises:
            Refused: the server's answer is final.
            Unavailable: there was no answer, or none that was final, after all tries.
        """
        given = {name: value for name, value in (query or {}).items() if value is not None}
        trouble = "it was never asked"
        for attempt in range(1, self._attempts + 1):
            answer: httpx.Response | None = None
            try:
                answer = self._client.request(method, path, params=given, json=body, headers=headers)
            except httpx.TransportError as error:
                trouble = f"it can't be reached ({type(error).__name__})"
            if answer is not None:
                if answer.is_success:
                    return answer.json()
                trouble = _passing(answer)
            if attempt < self._attempts:
                self._wait(self._pause(attempt, answer))
        raise Unavailable(
            Reason.API_UNAVAILABLE,
            f"the server gave no answer in {self._attempts} tries: {trouble}; try again later",
        )

    def _pause(self, attempt: int, answer: httpx.Response | None) -> float:
        """What the server asks for, else growing delays."""
        asked = "" if answer is None else answer.headers.get("retry-after", "")
        if asked.isdigit():
            return min(float(asked), _LONGEST_WAIT)
        return backoff(attempt, first=_FIRST_WAIT, longest=_LONGEST_WAIT, dice=self._dice)


def _passing(answer: httpx.Response) -> str:
    """What is wrong, where it can pass.

    Raises:
        Refused: it can't.
    """
    code, detail = _problem(answer)
    passes = answer.status_code in _PASSES and code not in _FINAL
    if not passes and code != Reason.REQUEST_IN_PROGRESS.value:
        raise Refused(code, detail, answer.status_code)
    return f"{answer.status_code}, {detail}"


def _problem(answer: httpx.Response) -> tuple[str, str]:
    """Code and sentence of a problem document; of anything else, that it is none."""
    try:
        document = answer.json()
        return str(document["reason"]), str(document["detail"])
    except (ValueError, KeyError, TypeError):
        return "unknown", f"the server answered {answer.status_code} without a reason; is it artgate's hook?"
