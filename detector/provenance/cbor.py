"""CBOR, as far as Content Credentials need it, from bytes that nobody vouches for. Source: RFC 8949."""

from __future__ import annotations

import struct
from typing import Any

_MOST_ITEMS = 20_000
_DEEPEST = 24
_ENDLESS = 31
"""Where a length should stand: the parts follow until a break."""
_BREAK = object()
_FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
_SIMPLE = {20: False, 21: True}


def read(data: bytes) -> Any:
    """The first item of the data. Tags are left out; what has no counterpart in Python is None.

    Raises:
        ValueError: the data are broken, or hold too many items, or too deep ones.
    """
    return _Reader(data).whole(0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._items = 0

    def whole(self, depth: int) -> Any:
        found = self._item(depth)
        if found is _BREAK:
            raise ValueError("the CBOR ends something that has not begun")
        return found

    def _item(self, depth: int) -> Any:
        self._items += 1
        if self._items > _MOST_ITEMS or depth > _DEEPEST:
            raise ValueError("the CBOR has too many items, or too deep ones")
        first = self._take(1)[0]
        major, low = first >> 5, first & 31
        if major == 7:
            return self._simple(low)
        if major == 6:
            self._number(low)
            return self.whole(depth + 1)
        if major < 2:
            number = self._number(low)
            return number if major == 0 else -1 - number
        length = None if low == _ENDLESS else self._number(low)
        if major < 4:
            return self._string(length, depth, text=major == 3)
        return self._list(length, depth) if major == 4 else self._map(length, depth)

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise ValueError("the CBOR ends too early")
        self._at += count
        return taken

    def _number(self, low: int) -> int:
        if low < 24:
            return low
        if low > 27:
            raise ValueError("the CBOR has a length that means nothing")
        return int.from_bytes(self._take(1 << (low - 24)), "big")

    def _simple(self, low: int) -> Any:
        if low == _ENDLESS:
            return _BREAK
        if low in _FLOATS:
            form, size = _FLOATS[low]
            return struct.unpack(form, self._take(size))[0]
        if low == 24:
            self._take(1)
        return _SIMPLE.get(low)

    def _string(self, length: int | None, depth: int, *, text: bool) -> str | bytes:
        if length is not None:
            taken = self._take(length)
            return taken.decode(errors="replace") if text else taken
        parts = self._list(None, depth)
        if text and all(isinstance(part, str) for part in parts):
            return "".join(parts)
        if not text and all(isinstance(part, bytes) for part in parts):
            return b"".join(parts)
        raise ValueError("the CBOR mixes strings with something else")

    def _list(self, length: int | None, depth: int) -> list[Any]:
        found: list[Any] = []
        while length is None or len(found) < length:
            part = self._item(depth + 1)
            if part is _BREAK:
                if length is None:
                    break
                raise ValueError("the CBOR breaks off a list")
            found.append(part)
        return found

    def _map(self, length: int | None, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        pairs = 0
        while length is None or pairs < length:
            key = self._item(depth + 1)
            if key is _BREAK:
                if length is None:
                    break
                raise ValueError("the CBOR breaks off a map")
            value = self.whole(depth + 1)
            if isinstance(key, str | int | bytes):
                found[key] = value
            pairs += 1
        return found
