"""The one source of time and of ids in the shell.

Leases and deadlines never use this clock: they are PostgreSQL's. This one stamps signatures and makes
ids whose order is the order of their making.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def unix_now() -> int:
    """Whole seconds since 1970-01-01T00:00:00Z."""
    return int(time.time())  # noqa: TID251 - this is the clock


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
    return _id_of(time.time_ns() // 1_000_000)


def new_id_at(moment: datetime) -> UUID:
    """An id such as ``new_id`` would have made at a moment."""
    return _id_of(int(moment.timestamp() * 1000))


def _id_of(milliseconds: int) -> UUID:
    value = int.from_bytes(milliseconds.to_bytes(6, "big") + os.urandom(10), "big")
    value = value & ~(0xF << 76) | (7 << 76)
    value = value & ~(0x3 << 62) | (2 << 62)
    return UUID(int=value)
