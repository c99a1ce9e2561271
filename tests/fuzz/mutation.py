"""Small damage to a sound file: what hostile bytes are made of."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_LARGEST = 2**18
"""Bytes of a mutant; more would only be slower."""
_WORDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
_HEAD = 256


def mutate(rng: random.Random, data: bytes, others: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """One to six changes, half of them near the start, where formats keep what they say of themselves.

    Args:
        rng: decides everything.
        data: what is changed.
        others: files whose parts may be put in.
        tokens: words of the format that may be put in.
    """
    made = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        if not made:
            break
        _change(rng, made, others, tokens)
    return bytes(made[:_LARGEST])


def _change(rng: random.Random, data: bytearray, others: Sequence[bytes], tokens: Sequence[bytes]) -> None:
    end = len(data) if rng.random() < 0.5 else min(_HEAD, len(data))
    at = rng.randrange(end)
    rng.choice(_CHANGES)(rng, data, at)
    if others and rng.random() < 0.1:
        other = rng.choice(others)
        start = rng.randrange(len(other)) if other else 0
        data[at : at + rng.randint(0, 64)] = other[start : start + rng.randint(1, 512)]
    if tokens and rng.random() < 0.3:
        data[at:at] = rng.choice(tokens)
    if tokens and rng.random() < 0.01:
        data[:0] = rng.choice(tokens) * 5000  # nested beyond any reader's stack


def _flip(rng: random.Random, data: bytearray, at: int) -> None:
    data[at] ^= 1 << rng.randrange(8)


def _set(rng: random.Random, data: bytearray, at: int) -> None:
    data[at] = rng.randrange(256)


def _word(rng: random.Random, data: bytearray, at: int) -> None:
    size = rng.choice((1, 2, 4))
    value = rng.choice(_WORDS) & (256**size - 1)
    data[at : at + size] = value.to_bytes(size, rng.choice(("big", "little")))


def _cut(rng: random.Random, data: bytearray, at: int) -> None:
    del data[at : at + rng.randint(1, 32)]


def _end(rng: random.Random, data: bytearray, at: int) -> None:
    if rng.random() < 0.3:
        del data[at:]


def _repeat(rng: random.Random, data: bytearray, at: int) -> None:
    data[at:at] = data[at : at + rng.randint(1, 64)]


def _nest(rng: random.Random, data: bytearray, at: int) -> None:
    if rng.random() < 0.1:
        data[at:at] = bytes(data[at : at + rng.randint(1, 12)]) * rng.choice((16, 256, 4096))


_CHANGES: tuple[Callable[[random.Random, bytearray, int], None], ...] = (
    _flip,
    _set,
    _word,
    _word,
    _cut,
    _end,
    _repeat,
    _nest,
)
