"""What is known of pictures that were measured before: one SQLite file in a folder.

SQLite rather than files of our own: a record is there whole or not at all, whenever the process is killed
(write-ahead log), two commands may use one folder at the same time, and every Python has it. Each record has
a checksum besides, so that what a disk has damaged is measured again and never used. The folder must lie on a
local disk: the log needs memory that processes share. It can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.reasons import Fault, Reason
from worker.extraction.wanted import Record

FILE = "measured.v1.sqlite3"
"""Name in the folder; another form of records takes another name."""

_PATIENCE = 60.0
"""Seconds to wait while another command writes."""
_TABLE = """
create table if not exists measured (
    key blob primary key, width integer not null, height integer not null, perceptual_hash integer,
    reason text, "values" blob not null, replaced blob not null, checksum integer not null
)
"""
_FIND = """
select width, height, perceptual_hash, reason, "values", replaced, checksum from measured where key = ?
"""


class Store:
    """Records of one way of measuring.

    Args:
        folder: made where it is absent.
        key: of the way of measuring; records of other ways stay unseen.

    Raises:
        Fault: ``cache_unusable``.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._key = key
        with _told():
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(folder / FILE, timeout=_PATIENCE, isolation_level=None)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = normal")
            self._database.execute(_TABLE)

    def find(self, sha256: str, delivery: str) -> Record | None:
        """What is known of a picture; None where nothing is, or what is stored was damaged.

        Raises:
            Fault: ``cache_unusable``.
        """
        key = self._key_of(sha256, delivery)
        with _told():
            row = self._database.execute(_FIND, (key,)).fetchone()
        if row is None:
            return None
        width, height, perceptual_hash, reason, values, replaced, checksum = row
        record = Record(
            sha256=sha256,
            delivery=delivery,
            width=width,
            height=height,
            perceptual_hash=perceptual_hash,
            reason=reason,
            values=values,
            replaced=replaced,
        )
        return record if checksum == _checksum(key, record) else None

    def keep(self, record: Record) -> None:
        """Store a record for good, in the place of one that was damaged.

        Raises:
            Fault: ``cache_unusable``.
        """
        key = self._key_of(record.sha256, record.delivery)
        row = (
            key,
            record.width,
            record.height,
            record.perceptual_hash,
            record.reason,
            record.values,
            record.replaced,
            _checksum(key, record),
        )
        with _told():
            self._database.execute("insert or replace into measured values (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _key_of(self, sha256: str, delivery: str) -> bytes:
        return hashlib.sha256(self._key + bytes.fromhex(sha256) + delivery.encode()).digest()


def _checksum(key: bytes, record: Record) -> int:
    facts = f"{record.width} {record.height} {record.perceptual_hash} {record.reason}"
    return zlib.crc32(b"\n".join((key, facts.encode(), record.values, record.replaced)))


@contextmanager
def _told() -> Iterator[None]:
    """Say in words what SQLite or the disk refuses."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Fault(
            Reason.CACHE_UNUSABLE,
            f"the cache of measured pictures can't be used ({error}); make room or set its permissions right,"
            " delete its folder if it is damaged, or name another one with --cache",
        ) from error
