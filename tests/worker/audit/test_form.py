"""Hashes and signatures of the audit log, to the byte."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from db.queries.audit import Entry
from worker.audit.form import FIRST, Keyring, canonical, key_id, link_hash

ENTRY: dict[str, Any] = {
    "id": 7,
    "kind": "decided",
    "subject": UUID(int=1),
    "body": {"b": "é", "a": 1},
    "written_by": "worker",
    "created_at": datetime(2026, 5, 1, 12, tzinfo=UTC),
}
OLD, NEW = b"o" * 32, b"n" * 32


def test_an_entry_is_these_bytes_whatever_the_order_and_the_zone() -> None:
    written = (
        '{"body":{"a":1,"b":"é"},"created_at":"2026-05-01T12:00:00.000000+00:00","id":7,"kind":"decided",'
        '"subject":"00000000-0000-0000-0000-000000000001","written_by":"worker"}'
    ).encode()
    elsewhere = datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))

    assert canonical(Entry(**ENTRY)) == written
    assert canonical(Entry(**(ENTRY | {"body": {"a": 1, "b": "é"}, "created_at": elsewhere}))) == written


def test_a_link_holds_the_one_before_its_number_and_the_entry() -> None:
    entry = Entry(**ENTRY)

    expected = hashlib.sha256(FIRST + b"\0\0\0\0\0\0\0\1" + canonical(entry)).digest()

    assert link_hash(FIRST, 1, entry) == expected
    assert link_hash(FIRST, 2, entry) != expected
    assert link_hash(b"\1" * 32, 1, entry) != expected


@pytest.mark.parametrize(
    "changed", [{"id": 8}, {"kind": "x"}, {"subject": None}, {"body": {}}, {"written_by": "x"}]
)
def test_every_member_of_an_entry_is_in_its_hash(changed: dict[str, Any]) -> None:
    assert link_hash(FIRST, 1, Entry(**(ENTRY | changed))) != link_hash(FIRST, 1, Entry(**ENTRY))


def test_a_head_is_signed_with_the_newest_key_and_verified_with_any() -> None:
    by_old = Keyring([OLD]).sign(5, FIRST)
    keys = Keyring([NEW, OLD])

    assert keys.sign(5, FIRST)[0] == key_id(NEW)
    assert keys.signed(by_old[0], 5, FIRST, by_old[1])
    assert not Keyring([NEW]).knows(key_id(OLD))
    assert not Keyring([NEW]).signed(by_old[0], 5, FIRST, by_old[1])


def test_a_signature_is_for_one_number_one_hash_and_one_key() -> None:
    keys = Keyring([NEW, OLD])
    name, signature = keys.sign(5, FIRST)

    assert not keys.signed(name, 6, FIRST, signature)
    assert not keys.signed(name, 5, b"\1" * 32, signature)
    assert not keys.signed(key_id(OLD), 5, FIRST, signature)
