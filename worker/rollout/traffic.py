"""Which uploads fall to a bundle on trial: a pure rule, the same in every process and at every time."""

from __future__ import annotations

import hashlib

_SPAN = 2.0**64


def place(bundle_id: str, bucket: str, key: str, object_version: str) -> float:
    """Where an image lies in the traffic of a bundle, in [0, 1).

    By what makes the image one, its object version: known before it has a row, and whichever event brings it.
    Each bundle has an order of its own, so that no uploader is always the first to meet a new one.
    """
    # Lengths keep two images apart whose names, put together, read the same.
    told = f"{bundle_id}\n{len(bucket)}\n{bucket}\n{len(key)}\n{key}\n{object_version}"
    digest = hashlib.sha256(told.encode(errors="surrogateescape")).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) * 2048 / _SPAN


def falls_within(share: float, where: float) -> bool:
    """Whether an image at a place belongs to a share; a larger share keeps all that a smaller one had.

    Args:
        share: in (0, 1].
        where: as `place` gives it.
    """
    return where < share
