"""Posts one message to one receiver. Redirects are not followed, and nothing of an answer's body is read."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import httpcore
import httpx

from worker.networks import Network
from worker.webhooks.connecting import AddressRefusedError, CheckedBackend, Resolve, resolve

_REFUSED = (
    "its address is not public, and no network that may be reached holds it: see ARTGATE_WEBHOOK_NETWORKS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a try."""

    status: int | None
    """What the receiver answered; None where it did not."""
    trouble: str | None
    """None where the receiver has taken the message; nothing that it sent stands in it."""

    @property
    def answered(self) -> bool:
        """The receiver was there, whatever it said."""
        return self.status is not None


class Poster:
    """Posts over connections that are made for one message each, so that each is to a checked address.

    Args:
        seconds: how long a post may take in all.
        resolve: gives a host's addresses.
        tls: what certificates must be signed with; the usual authorities without it.
    """

    def __init__(
        self, seconds: float, *, resolve: Resolve = resolve, tls: ssl.SSLContext | None = None
    ) -> None:
        self._seconds = seconds
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context(trust_env=False)

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[Network] = ()
    ) -> Outcome:
        """Post ``body``.

        Args:
            url: of the receiver; a name and a password in it are sent as HTTP's basic credentials.
            body: the bytes.
            headers: besides the ones that HTTP asks for.
            allowed: networks that are not public and may be reached.
        """
        backend = CheckedBackend(allowed, self._seconds, resolve=self._resolve)
        try:
            place = httpx.URL(url)
            with (
                httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
                pool.stream(
                    "POST", _address(place), headers=_headers(place, body, headers), content=body
                ) as got,
            ):
                return _outcome(got.status)
        except AddressRefusedError:
            return Outcome(status=None, trouble=f"the receiver can't be reached: {_REFUSED}")
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            return Outcome(status=None, trouble=f"the receiver can't be reached: {type(error).__name__}")
        except httpx.InvalidURL:
            return Outcome(status=None, trouble="the receiver can't be reached: its URL is none")


def _outcome(status: int) -> Outcome:
    taken = 200 <= status < 300
    return Outcome(status=status, trouble=None if taken else f"the receiver answered {status}")


def _address(place: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=place.raw_path)


def _headers(place: httpx.URL, body: bytes, headers: Mapping[str, str]) -> list[tuple[str, str]]:
    own = [
        ("Host", place.netloc.decode("ascii")),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    if place.username or place.password:
        credentials = b64encode(f"{place.username}:{place.password}".encode()).decode()
        own.append(("Authorization", f"Basic {credentials}"))
    return [*own, ("User-Agent", "artgate"), *headers.items()]
