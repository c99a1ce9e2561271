"""Memories of pictures that nobody ever saw."""

from __future__ import annotations

import numpy as np

from detector.memory import Memory, Reference, Space
from detector.vector import Values

PICTURES = 40
GROUPS = ("human-a", "human-b", "ai-a", "ai-b")


def rows_of(length: int, seed: int = 0) -> Values:
    """(40, length) vectors: those of generators lie apart from those of people, a little by group."""
    rng = np.random.default_rng(seed)
    group = np.arange(PICTURES) % len(GROUPS)
    middle = np.where(group[:, None] < 2, 0.0, 4.0) + group[:, None] * 0.2
    rows: Values = (middle + rng.normal(0, 1, (PICTURES, length))).astype(np.float32)
    return rows


def memory_of(rows: Values, handcrafted: int) -> Memory:
    """The memory of such vectors."""
    group = np.arange(len(rows)) % len(GROUPS)
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    components = np.linalg.qr(np.random.default_rng(1).normal(size=(rows.shape[1], 6)))[0].T
    space = Space(mean=mean, scale=scale, components=components.astype(np.float16))
    return Memory(
        sha256=np.arange(len(rows), dtype=np.uint64) << np.uint64(56),
        perceptual=np.random.default_rng(2).integers(-(2**63), 2**63, len(rows), dtype=np.int64),
        synthetic=group >= 2,
        group=group.astype(np.uint32),
        groups=GROUPS,
        domain=(group % 2).astype(np.uint32),
        domains=("anime", "photo"),
        space=space,
        coordinates=space.coordinates(rows),
        reference=Reference.fitted(rows[group < 2, :handcrafted]),
        usual=3.0,
    )
