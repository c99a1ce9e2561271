"""The names in an X.509 certificate, read off without parsing it: who issued it, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

_ORGANISATION = b"\x06\x03\x55\x04\x0a"
"""OBJECT IDENTIFIER 2.5.4.10, as it stands before an organisation's name."""
_TEXTS = frozenset(b"\x0c\x13\x14\x16")
"""UTF8String, PrintableString, TeletexString and IA5String."""
_MOST_NAMES = 8


def organisations(certificate: bytes) -> tuple[str, ...]:
    """The organisations that it names, in its order: the issuer's first, the holder's after it."""
    return tuple(_found(certificate))


def _found(certificate: bytes) -> Iterator[str]:
    at = 0
    for _ in range(_MOST_NAMES):
        at = certificate.find(_ORGANISATION, at)
        if at < 0:
            return
        at += len(_ORGANISATION)
        head = certificate[at : at + 2]
        if len(head) == 2 and head[0] in _TEXTS and head[1] < 0x80:
            yield certificate[at + 2 : at + 2 + head[1]].decode(errors="replace")
