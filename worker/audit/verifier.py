"""Verifies the audit log: its chain, its signed heads, heads that were exported, and the rows it tells of.

Each link is recomputed from the hash that is stored before it, so that one edit is one finding. A tail that
was cut off with its heads is shown by heads that were exported, and by the rows of the items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.queries import audit
from db.queries.audit import Head
from worker.audit.findings import Finding, Trouble, Verified
from worker.audit.form import FIRST, Keyring, link_hash
from worker.audit.states import compare

_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A head as it was exported once."""

    number: int
    hash: bytes
    key_id: str
    signature: bytes


def verify(session: Session, keys: Keyring, exported: Sequence[Exported] = ()) -> Verified:
    """Look at everything; changes nothing.

    Args:
        session: of a transaction that sees one state, ``REPEATABLE READ``.
        keys: those that heads may be signed with.
        exported: heads that were kept outside the database.
    """
    heads = audit.heads(session)
    wanted = {head.number for head in heads} | {head.number for head in exported}
    findings: list[Finding] = []
    hashes: dict[int, bytes] = {}
    number, digest = 0, FIRST
    for link in audit.links(session):
        if link.number != number + 1:
            findings.append(_gap(number + 1, link.number - 1))
        elif link.entry is None:
            findings.append(
                _found(Trouble.DELETED, f"link {link.number}", f"its entry {link.entry_id} is gone")
            )
        elif link_hash(digest, link.number, link.entry) != link.hash:
            findings.append(
                _found(Trouble.EDITED, f"link {link.number}", f"entry {link.entry_id} has another hash")
            )
        number, digest = link.number, link.hash
        if number in wanted:
            hashes[number] = digest
    findings += _heads(heads, hashes, keys, number)
    findings += _outside(exported, hashes, keys, number)
    findings += _strays(session)
    items, wrong = compare(session)
    return Verified(
        links=number,
        heads=len(heads),
        pending=audit.count_pending(session),
        items=items,
        findings=(*findings, *wrong),
    )


def _gap(first: int, last: int) -> Finding:
    where = f"link {first}" if first == last else f"links {first} to {last}"
    return _found(Trouble.DELETED, where, "missing from the chain")


def _heads(heads: Sequence[Head], hashes: dict[int, bytes], keys: Keyring, end: int) -> Iterator[Finding]:
    for head in heads:
        where = f"head {head.number}"
        if hashes.get(head.number) != head.hash:
            yield _found(Trouble.EDITED, where, "the chain has another hash, or none, at this number")
        elif not keys.knows(head.key_id):
            yield _found(
                Trouble.UNVERIFIABLE, where, f"signed with key {head.key_id}; ARTGATE_AUDIT_KEYS lacks it"
            )
        elif not keys.signed(head.key_id, head.number, head.hash, head.signature):
            yield _found(Trouble.EDITED, where, "its signature is not that of the key it names")
    signed = max((head.number for head in heads), default=0)
    if signed < end:
        yield _found(Trouble.INSERTED, f"links {signed + 1} to {end}", "behind the last signed head")


def _outside(
    exported: Sequence[Exported], hashes: dict[int, bytes], keys: Keyring, end: int
) -> Iterator[Finding]:
    for head in exported:
        where = f"exported head {head.number}"
        if keys.knows(head.key_id) and not keys.signed(head.key_id, head.number, head.hash, head.signature):
            yield _found(Trouble.UNVERIFIABLE, where, "its signature is not ours: the file was changed")
        elif head.number > end:
            yield _found(Trouble.CUT, where, f"the chain ends at {end}: what followed was cut off")
        elif hashes.get(head.number) != head.hash:
            yield _found(Trouble.CUT, where, "the chain had another hash here when it was exported")


def _strays(session: Session) -> Iterator[Finding]:
    for entry_id in audit.strays(session, limit=_MOST):
        yield _found(Trouble.DELETED, f"entry {entry_id}", "taken out of the chain, or kept from it")


def _found(trouble: Trouble, where: str, detail: str) -> Finding:
    return Finding(trouble=trouble, where=where, detail=detail)
