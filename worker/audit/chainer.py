"""Appends what waits to the chain, and signs its end: one process at a time, whoever else tries."""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from db.queries import audit
from db.queries.audit import NewLink
from detector.reasons import Fault, Reason
from worker.audit.form import FIRST, Keyring, link_hash
from worker.settings import Settings

BATCH = 2000
"""Most entries that one transaction appends."""


class Chainer:
    """Builds the chain in batches, each in one transaction with a signed head at its end."""

    def __init__(self, sessions: sessionmaker[Session], keys: Keyring) -> None:
        self._sessions = sessions
        self._keys = keys

    def chain(self) -> int:
        """Append a batch of what waits.

        Returns:
            How many entries were appended; 0 where none waits or another process chains.

        Raises:
            Fault: ``audit_broken``: the chain does not end with a head that our keys have signed. Nothing
                is appended to it: that would sign what someone else has put there.
        """
        with self._sessions.begin() as session:
            if not audit.take_place(session):
                return 0
            entries = audit.pending(session, limit=BATCH)
            if not entries:
                return 0
            number, digest = self._end(session)
            links = []
            for entry in entries:
                number += 1
                digest = link_hash(digest, number, entry)
                links.append(NewLink(number=number, entry_id=entry.id, hash=digest))
            audit.append(session, links)
            key_id, signature = self._keys.sign(number, digest)
            audit.append_head(session, number, digest, key_id, signature)
        return len(entries)

    def chain_all(self) -> int:
        """Append everything that waits. Returns how many entries that were."""
        total = 0
        while appended := self.chain():
            total += appended
        return total

    def _end(self, session: Session) -> tuple[int, bytes]:
        last, head = audit.last_link(session), audit.last_head(session)
        if last is None and head is None:
            return 0, FIRST
        if head is None or last != (head.number, head.hash):
            raise _broken("its last link is not the one that was signed last")
        if not self._keys.knows(head.key_id):
            raise _broken(f"its head is signed with key {head.key_id}, which ARTGATE_AUDIT_KEYS lacks")
        if not self._keys.signed(head.key_id, head.number, head.hash, head.signature):
            raise _broken("the signature of its head is not ours")
        return head.number, head.hash


def keyring(settings: Settings) -> Keyring:
    """The keys that the settings name.

    Raises:
        Fault: ``settings_invalid``: there are none.
    """
    if not settings.audit_keys:
        raise Fault(
            Reason.SETTINGS_INVALID,
            "the audit log needs ARTGATE_AUDIT_KEYS, or a file of it in ARTGATE_AUDIT_KEYS_FILE",
        )
    return Keyring([key.get_secret_value().encode() for key in settings.audit_keys])


def _broken(what: str) -> Fault:
    return Fault(
        Reason.AUDIT_BROKEN, f"the audit log's chain can't be continued: {what}; run `artgate audit verify`"
    )
