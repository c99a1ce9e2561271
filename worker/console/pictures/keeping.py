"""Keeps what was just made for a while, within so many bytes, and makes nothing twice at once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    value: Any
    size: int
    until: float


class Keeping:
    """For threads that ask for the same things.

    Args:
        most: bytes that are kept; the longest unused goes first.
        seconds: after which a thing is made anew.
        clock: seconds since some moment.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size = 0
        self._making: dict[Hashable, threading.Lock] = {}

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    def get(self, key: Hashable, make: Callable[[], tuple[Any, int]]) -> Any:
        """What is kept under the key, else what ``make`` gives: a value and its bytes.

        Whoever asks while another makes it waits for that. What ``make`` raises is raised and not kept.
        """
        with self._lock:
            found = self._look(key)
            making = self._making.setdefault(key, threading.Lock())
        if found is not None:
            return found.value
        with making:
            with self._lock:
                found = self._look(key)
            if found is not None:
                return found.value
            try:
                value, size = make()
                with self._lock:
                    self._keep(key, value, size)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def _look(self, key: Hashable) -> _Kept | None:
        found = self._kept.get(key)
        if found is not None and found.until <= self._clock():
            self._drop(key)
            return None
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def _keep(self, key: Hashable, value: Any, size: int) -> None:
        if size > self._most:
            return
        self._drop(key)
        self._kept[key] = _Kept(value=value, size=size, until=self._clock() + self._seconds)
        self._size += size
        while self._size > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= gone.size
