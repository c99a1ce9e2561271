"""The way from a worker's processes to the one that counts for them.

A pair of sockets that keeps packets apart (SOCK_SEQPACKET), made before the first fork: the parent and all
children write to one end. Writing never waits and never fails its caller: where the other side is gone or too
slow, a count is lost and no scan.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Protocol, Self

from worker.monitoring.telling import Told, packed, unpacked

_LARGEST = 8192


class Tells(Protocol):
    """Takes what a process tells of itself."""

    def tell(self, told: Told) -> None:
        """Pass it on; never waits, never raises."""

    def turned(self, children: int) -> None:
        """Say that the parent's loop turned, with so many children running."""


class Nobody:
    """Takes it and counts nothing: where no port of metrics is set."""

    def tell(self, told: Told) -> None:
        """Forget it."""

    def turned(self, children: int) -> None:
        """Forget it."""


class Line:
    """Both ends, or in the process that counts the reader alone."""

    def __init__(self, reader: socket.socket, writer: socket.socket | None) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    def open(cls) -> Self:
        """Make both ends."""
        return cls(*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))

    @classmethod
    def reading(cls, descriptor: int, patience: float) -> Self:
        """The reader that was handed over, which waits at most `patience` seconds for a packet."""
        reader = socket.socket(fileno=descriptor)
        reader.settimeout(patience)
        return cls(reader, None)

    @property
    def reader(self) -> int:
        """Descriptor of the reading end, to be handed over."""
        return self._reader.fileno()

    def tell(self, told: Told) -> None:
        """Write a packet, if there is room for it at once."""
        assert self._writer is not None, "the process that counts tells nothing"
        with contextlib.suppress(OSError):
            self._writer.send(packed(told), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)

    def read(self) -> Told | None:
        """The next packet; None where none came in time.

        Raises:
            EOFError: every writer is gone.
        """
        try:
            packet = self._reader.recv(_LARGEST)
        except TimeoutError:
            return None
        if not packet:
            raise EOFError
        return unpacked(packet)

    def close(self) -> None:
        """Close the ends that are open here."""
        self._reader.close()
        if self._writer is not None:
            self._writer.close()
