"""Passwords: what may be one, and how it is hashed.

Argon2id (RFC 9106), whose parameters lie in each hash. Where the parameters below change, a hash is made
anew at its owner's next sign-in, the one moment at which the password is known.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from detector.reasons import Reason, Rejected

PASSES = 3
MEMORY_KIB = 64 * 2**10
LANES = 4
"""With the two above, RFC 9106's second recommended choice: 64 MiB for one hash."""

SHORTEST = 12
"""Characters."""
_LONGEST = 1024
_FEWEST_DIFFERENT = 5

_AT_ONCE = BoundedSemaphore(2)
"""Hashes that are computed at once: more would take memory and processor from the uploads."""
_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


def check(password: str, name: str) -> None:
    """Refuse a password that is too easily guessed.

    Raises:
        Rejected: ``account_invalid``.
    """
    if len(password) < SHORTEST:
        raise Rejected(Reason.ACCOUNT_INVALID, f"a password needs {SHORTEST} characters or more")
    if len(password) > _LONGEST:
        raise Rejected(Reason.ACCOUNT_INVALID, f"a password has {_LONGEST} characters at most")
    if len(set(password)) < _FEWEST_DIFFERENT or name.lower() in password.lower():
        raise Rejected(
            Reason.ACCOUNT_INVALID,
            f"this password is easily guessed: use {_FEWEST_DIFFERENT} different characters or more, "
            "and not the account's name",
        )


def hash_password(password: str) -> str:
    """The password as it is stored: Argon2id with its parameters and a random salt."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one.

    Where nothing is stored (no such account, or one without a password), another hash is computed, so that
    the answer takes as long.
    """
    given = _normal(password[: _LONGEST + 1])
    try:
        against = stored or _decoy()
        with _AT_ONCE:
            return _HASHER.verify(against, given) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _decoy() -> str:
    """A hash that no password has: of nothing that can be typed."""
    return _HASHER.hash("\0")


def _normal(password: str) -> str:
    """The same letters however a keyboard composes them (NFKC, as NIST SP 800-63B advises)."""
    return unicodedata.normalize("NFKC", password)
