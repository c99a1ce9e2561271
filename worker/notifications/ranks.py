"""Ranks: sequencers in a form whose byte order is the order of one key's events.

A rank has 64 upper-case hexadecimal digits, so that ranks of one system compare as texts, whatever the
lengths that the system sends.
"""

from __future__ import annotations

import re

_WIDTH = 64
_HEX = re.compile(r"[0-9A-Fa-f]{1,64}", re.ASCII)
_CEPH_WIDTH = 16


def of_hexadecimal(sequencer: str | None) -> str | None:
    """S3's rule, and MinIO's and Huawei's: pad the shorter with zeros on the left, compare as hexadecimal.

    None where the text is no hexadecimal: some senders write words.
    """
    if sequencer is None or not _HEX.fullmatch(sequencer):
        return None
    return sequencer.upper().rjust(_WIDTH, "0")


def of_ceph(sequencer: str | None) -> str | None:
    """Ceph's sequencer: a time in memory order, two little-endian words of 32 bits (seconds, nanoseconds).

    Source: ``src/rgw/rgw_pubsub.cc`` and the values that its documentation shows beside their times.
    """
    if sequencer is None or len(sequencer) != _CEPH_WIDTH or not _HEX.fullmatch(sequencer):
        return None
    memory = bytes.fromhex(sequencer)
    return of_hexadecimal((memory[3::-1] + memory[:3:-1]).hex())


def of_generation(generation: int | None, metageneration: int | None) -> str | None:
    """Google Cloud Storage has no sequencer: generation first, then metageneration."""
    if generation is None:
        return None
    return f"{generation:032X}{metageneration or 0:032X}"
