"""The passes of a progressive JPEG: each scan goes over the whole picture, and a scan can be 10 bytes long.

Encoders write about 10 scans, optimising ones up to 20; a file of 300 KB can hold 8,000 over 16 million
pixels, which keep a processor busy for minutes. So a picture with many scans counts as a larger one.
"""

from __future__ import annotations

import re

_USUAL_SCANS = 32
"""Scans that come with the picture; each further 32 count as one picture more."""
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")
"""Markers, without stuffed bytes (FF 00), fill bytes (FF FF), restarts and those without a length."""
_FRAMES = frozenset(b"\xc0\xc1\xc2\xc3\xc5\xc6\xc7\xc9\xca\xcb\xcd\xce\xcf")
_PROGRESSIVE = frozenset(b"\xc2\xc6\xca\xce")
_SCAN, _END = 0xDA, 0xD9


def pixels(data: bytes) -> int:
    """Columns times rows, times each begun 32 scans if there are more; 0 where the header can't be read."""
    area = scans = 0
    found = _MARKER.search(data, 2)
    while found and found[0][1] != _END:
        marker, at = found[0][1], found.end()
        if marker in _FRAMES:
            area = int.from_bytes(data[at + 3 : at + 5], "big") * int.from_bytes(data[at + 5 : at + 7], "big")
            if marker not in _PROGRESSIVE:
                return area
        scans += marker == _SCAN
        found = _MARKER.search(data, at + int.from_bytes(data[at : at + 2], "big"))
    return area * max(1, -(-scans // _USUAL_SCANS))
