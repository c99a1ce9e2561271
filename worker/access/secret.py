"""Secrets that artgate hands out: random, and known afterwards by their sha256 alone.

A password needs a slow hash because people choose it. These are 256 random bits: nobody finds one by
trying, however fast the hash.
"""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """256 random bits in letters that fit into headers and cookies, after ``prefix``."""
    return prefix + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> bytes:
    """The 32 bytes that are stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()
