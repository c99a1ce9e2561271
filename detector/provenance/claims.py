"""Gathers what a file says of its making."""

from __future__ import annotations

from collections.abc import Iterator

from detector.provenance.blocks import Block, BlockKind, blocks
from detector.provenance.claim import Claim, Kind
from detector.provenance.credentials import credential_claims
from detector.provenance.exif import exif_claims
from detector.provenance.parameters import names_generator, parameters_claim, software_claim
from detector.provenance.xmp import xmp_claims

_MOST = 40
"""Claims of one file."""
_MOST_SEEN = 1_000
"""Claims that are looked at, with all that say the same."""
_ORDER = {kind: number for number, kind in enumerate(Kind)}


def claims(data: bytes) -> tuple[Claim, ...]:
    """What a file says, the most telling first, each once.

    Args:
        data: the bytes of a file, whole or not, of any kind.
    """
    found: dict[Claim, None] = {}
    for _, claim in zip(range(_MOST_SEEN), _all(data), strict=False):
        found.setdefault(claim)
    return tuple(sorted(found, key=lambda claim: _ORDER[claim.kind])[:_MOST])


def _all(data: bytes) -> Iterator[Claim]:
    for block in blocks(data):
        if block.kind is BlockKind.EXIF:
            yield from exif_claims(block.data)
        elif block.kind is BlockKind.XMP:
            yield from xmp_claims(block.data)
        elif block.kind is BlockKind.CREDENTIALS:
            yield from credential_claims(block.data)
        else:
            yield from _of_text(block)


def _of_text(block: Block) -> Iterator[Claim]:
    text, source = block.data.decode(errors="replace"), f"PNG text: {block.keyword}"
    claim = parameters_claim(source, text, block.keyword)
    if claim is not None:
        yield claim
    elif block.keyword.lower() in {"software", "source"}:
        yield software_claim(source, text)
    elif block.keyword.lower() == "author" and names_generator(text):
        yield Claim.of(Kind.GENERATOR, source, text)
