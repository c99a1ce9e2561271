"""Fetches the few small things that a pushed message needs, from addresses that were checked before."""

from __future__ import annotations

from typing import Protocol

import httpx

from detector.reasons import Reason, Transient

_LARGEST = 64 * 2**10


class Fetch(Protocol):
    """Gets what lies at an address."""

    def __call__(self, url: str) -> bytes:
        """The answer's body.

        Raises:
            Transient: ``provider_unavailable``.
        """


def fetch_over_tls(url: str) -> bytes:
    """The body at an address, at most 64 KiB; no redirect is followed and no proxy asked.

    Raises:
        Transient: ``provider_unavailable``.
    """
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=5.0, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url) as answer,
        ):
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > _LARGEST:
                    raise _unavailable("its answer is too large")
    except httpx.HTTPError as error:
        raise _unavailable(type(error).__name__) from None
    if not answer.is_success:
        raise _unavailable(f"it answered with {answer.status_code}")
    return bytes(body)


def _unavailable(why: str) -> Transient:
    return Transient(
        Reason.PROVIDER_UNAVAILABLE,
        f"the sender's service can't be asked for what proves the message ({why}); send it again",
    )
