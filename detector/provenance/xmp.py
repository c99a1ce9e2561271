"""XMP packets, searched for a few properties and never parsed: no entity is expanded, no address asked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from detector.provenance.claim import Claim, Kind
from detector.provenance.parameters import names_generator, parameters_claim, software_claim
from detector.provenance.sources import source_claim

_LONGEST = 1 << 20
_MOST = 16
"""Finds of one property that are looked at: a packet repeats the tool in its history."""
_SOURCE_TYPE = re.compile(rb"digitalsourcetype/([A-Za-z]{1,60})")
_VALUE = rb"(?:\s{0,4}=\s{0,4}[\"']|>)([^\"'<>]{1,300})"
_TOOL = re.compile(rb"(?:CreatorTool|softwareAgent)" + _VALUE)
_CREDIT = re.compile(rb"photoshop:Credit" + _VALUE)
_SYSTEM = re.compile(rb"AISystemUsed" + _VALUE)
_COMMENT = re.compile(rb"UserComment[^<]{0,40}>(?:\s{0,80}<[^>]{1,80}>){0,4}([^<]{1,20000})")
_BEGINS, _ENDS = b"<x:xmpmeta", b"</x:xmpmeta>"


def packet_in(data: bytes) -> bytes:
    """The first XMP packet that stands anywhere in a file; empty where there is none."""
    start = data.find(_BEGINS)
    if start < 0:
        return b""
    end = data.find(_ENDS, start, start + _LONGEST)
    return data[start : end if end > 0 else start + _LONGEST]


def xmp_claims(data: bytes) -> Iterator[Claim]:
    """What a packet says."""
    packet = data[:_LONGEST]
    for name in _found(_SOURCE_TYPE, packet):
        yield source_claim("XMP: digital source type", name)
    for name in _found(_SYSTEM, packet):
        yield Claim.of(Kind.GENERATOR, "XMP: AI system used", name)
    for name in _found(_TOOL, packet):
        yield software_claim("XMP: creator tool", name)
    for name in filter(names_generator, _found(_CREDIT, packet)):
        yield Claim.of(Kind.GENERATOR, "XMP: credit", name)
    for text in _found(_COMMENT, packet):
        claim = parameters_claim("XMP: user comment", text)
        if claim is not None:
            yield claim


def _found(pattern: re.Pattern[bytes], packet: bytes) -> Iterator[str]:
    for number, match in enumerate(pattern.finditer(packet)):
        if number == _MOST:
            return
        text = html.unescape(match[1].decode(errors="replace")).strip()
        if text:
            yield text
