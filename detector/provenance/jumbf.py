"""JUMBF: labelled boxes in boxes, the form of Content Credentials. Source: ISO/IEC 19566-5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detector.decode.headers.boxes import boxes

_DEEPEST = 8
_MOST_BOXES = 2_000
"""In all; a store of manifests has a hundred."""
_HAS_LABEL = 2
_TYPE_AND_TOGGLES = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Superbox:
    """A box with a label, what it holds, and the boxes in it."""

    label: str
    contents: tuple[tuple[bytes, int, int], ...]
    """Kind, start and end of each plain box in the data: ``cbor``, ``json`` and so on."""
    children: tuple[Superbox, ...]

    def child(self, prefix: str) -> Superbox | None:
        """The first child whose label begins so."""
        return next((child for child in self.children if child.label.startswith(prefix)), None)


def superboxes(data: bytes) -> tuple[Superbox, ...]:
    """The superboxes that the data begin with; what can't be read is left out."""
    left = iter(range(_MOST_BOXES))
    return tuple(_superboxes(data, 0, len(data), 0, left))


def _superboxes(data: bytes, at: int, end: int, depth: int, left: Iterator[int]) -> Iterator[Superbox]:
    for kind, start, last in boxes(data, at, end):
        if next(left, None) is None or depth > _DEEPEST:
            return
        if kind == b"jumb":
            yield _superbox(data, start, last, depth, left)


def _superbox(data: bytes, at: int, end: int, depth: int, left: Iterator[int]) -> Superbox:
    label, contents = "", []
    for kind, start, last in boxes(data, at, end):
        if next(left, None) is None:
            break
        if kind == b"jumd":
            label = _label(data[start : min(last, start + 1_000)])
        elif kind != b"jumb":
            contents.append((kind, start, last))
    children = tuple(_superboxes(data, at, end, depth + 1, left))
    return Superbox(label=label, contents=tuple(contents), children=children)


def _label(description: bytes) -> str:
    if len(description) < _TYPE_AND_TOGGLES or not description[_TYPE_AND_TOGGLES - 1] & _HAS_LABEL:
        return ""
    return description[_TYPE_AND_TOGGLES:].partition(b"\0")[0].decode(errors="replace")
