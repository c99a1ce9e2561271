"""Connections of webhooks: to addresses that were checked, and for no longer than they may take.

A name is resolved once. What is checked is the address that is connected to, so that a name whose address
changes between the two leads nowhere else. Every read and write counts against one deadline, so that a
receiver that sends a byte now and then holds nobody up.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from ipaddress import ip_address
from typing import Any, TypeAlias

import httpcore
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream, SyncBackend

from worker.networks import Address, Network, reachable

Resolve: TypeAlias = Callable[[str, int], list[str]]
"""Gives the addresses of a host, in the order in which they are to be tried."""


class AddressRefusedError(httpcore.ConnectError):
    """The host has no address that may be reached."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system knows for a host.

    Raises:
        OSError: it knows none.
        UnicodeError: this is no name of a host.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


class CheckedBackend(NetworkBackend):
    """Connects where it is allowed to.

    Args:
        allowed: networks that are not public and may be reached.
        seconds: how long a connection may last, from the resolving of the name on.
        resolve: gives a host's addresses.
        inner: makes the connections.
    """

    def __init__(
        self,
        allowed: Collection[Network],
        seconds: float,
        *,
        resolve: Resolve = resolve,
        inner: NetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._resolve = resolve
        self._inner = inner or SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is shorter
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first of a host's addresses that may be reached and answers.

        Raises:
            AddressRefusedError: none may be reached.
            httpcore.ConnectError: none answers, or the host has no address.
            httpcore.ConnectTimeout: the time is over.
        """
        until = time.monotonic() + self._seconds
        trouble: Exception | None = None
        for address in self._checked(host, port):
            try:
                stream = self._inner.connect_tcp(
                    str(address), port, _left(until, httpcore.ConnectTimeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _DeadlineStream(stream, until)
        raise trouble or AddressRefusedError("the host has no address that may be reached")

    def connect_unix_socket(self, *_: Any, **__: Any) -> NetworkStream:
        """Refuse: a webhook is on the network."""
        raise AddressRefusedError("a webhook is on the network")

    def sleep(self, seconds: float) -> None:
        """Never needed: nothing is tried twice here."""
        self._inner.sleep(seconds)

    def _checked(self, host: str, port: int) -> Iterator[Address]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("the host has no address") from None
        addresses = dict.fromkeys(map(ip_address, found))
        return (address for address in addresses if reachable(address, self._allowed))


class _DeadlineStream(NetworkStream):
    """A connection that ends at a moment, whatever the other side does."""

    def __init__(self, stream: NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see above
        return self._stream.read(max_bytes, _left(self._until, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see above
        self._stream.write(buffer, _left(self._until, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> NetworkStream:
        secured = self._stream.start_tls(
            ssl_context, server_hostname, _left(self._until, httpcore.ConnectTimeout)
        )
        return _DeadlineStream(secured, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, over: type[Exception]) -> float:
    """Seconds to the deadline; raises ``over`` behind it."""
    left = until - time.monotonic()
    if left <= 0:
        raise over("the time is over")
    return left
