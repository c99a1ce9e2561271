"""What is hashed and what is signed, to the byte.

A link's hash is sha256 over the hash before it (32 zero bytes before the first), its number as eight bytes,
big-endian, and the entry as JSON: sorted keys, no spaces, UTF-8, its time in UTC with microseconds. A head's
signature is HMAC-SHA256 over ``artgate audit head``, a null byte, the number in the same form and the hash.

HMAC, because the package needs no other cryptography: who verifies signatures needs the key; exported heads
are compared by their hashes, without it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC

from db.queries.audit import Entry

FIRST = bytes(32)
"""The hash before the first link."""
_DOMAIN = b"artgate audit head\0"


def canonical(entry: Entry) -> bytes:
    """The bytes of an entry that its hash is over."""
    members = {
        "id": entry.id,
        "kind": entry.kind,
        "subject": None if entry.subject is None else str(entry.subject),
        "body": entry.body,
        "written_by": entry.written_by,
        "created_at": entry.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link_hash(previous: bytes, number: int, entry: Entry) -> bytes:
    """The hash of the link of that number, 32 bytes."""
    return hashlib.sha256(previous + number.to_bytes(8, "big") + canonical(entry)).digest()


class Keyring:
    """The keys of heads: the first one signs, all of them verify.

    Args:
        keys: newest first; at least one.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {key_id(key): key for key in reversed(keys)}
        self._newest = keys[0]

    def sign(self, number: int, digest: bytes) -> tuple[str, bytes]:
        """Key id and signature of a head."""
        return key_id(self._newest), _mac(self._newest, number, digest)

    def knows(self, name: str) -> bool:
        """Whether a key of this id is here."""
        return name in self._keys

    def signed(self, name: str, number: int, digest: bytes, signature: bytes) -> bool:
        """Whether the key of this id made the signature; False where it is not here."""
        key = self._keys.get(name)
        return key is not None and hmac.compare_digest(_mac(key, number, digest), signature)


def key_id(key: bytes) -> str:
    """What a key is called, without telling anything of it: 16 hexadecimal digits."""
    return hashlib.sha256(b"artgate audit key\0" + key).hexdigest()[:16]


def _mac(key: bytes, number: int, digest: bytes) -> bytes:
    return hmac.new(key, _DOMAIN + number.to_bytes(8, "big") + digest, hashlib.sha256).digest()
