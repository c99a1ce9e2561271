"""The audit log's rows: entries that wait, links, signed heads, and what the log says of each item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from db.models import AuditEntry, AuditHead, AuditLink, AuditPending

PLACE = 0x61727467_61756469
"""Number of the advisory lock that makes one process at a time the one that chains."""
_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry."""

    id: int
    kind: str
    subject: UUID | None
    body: dict[str, Any]
    written_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link; ``entry`` is None where someone has removed it."""

    number: int
    entry_id: int
    hash: bytes
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One signed head."""

    number: int
    hash: bytes
    key_id: str
    signature: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link that is to be appended."""

    number: int
    entry_id: int
    hash: bytes


def take_place(session: Session) -> bool:
    """Become the one that chains, until the transaction ends. False where another does."""
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(PLACE))).scalar_one())


def pending(session: Session, *, limit: int) -> list[Entry]:
    """Entries that are in no link yet, oldest first."""
    query = (
        select(AuditEntry)
        .join(AuditPending, AuditPending.entry_id == AuditEntry.id)
        .order_by(AuditPending.entry_id)
        .limit(limit)
    )
    return [_entry(entry) for entry in session.scalars(query)]


def append(session: Session, links: Sequence[NewLink]) -> None:
    """Append links; their entries wait no longer."""
    rows = [{"number": each.number, "entry_id": each.entry_id, "hash": each.hash} for each in links]
    session.execute(insert(AuditLink), rows)
    session.execute(delete(AuditPending).where(AuditPending.entry_id.in_([each.entry_id for each in links])))


def append_head(session: Session, number: int, digest: bytes, key_id: str, signature: bytes) -> None:
    """Append the signed head of the link of that number."""
    session.execute(insert(AuditHead).values(number=number, hash=digest, key_id=key_id, signature=signature))


def last_link(session: Session) -> tuple[int, bytes] | None:
    """Number and hash of the last link; None where the chain has none."""
    query = select(AuditLink.number, AuditLink.hash).order_by(AuditLink.number.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return None if row is None else (row.number, row.hash)


def heads(session: Session, *, after: int = 0) -> list[Head]:
    """The heads behind a number, oldest first."""
    query = select(AuditHead).where(AuditHead.number > after).order_by(AuditHead.number)
    return [_head(head) for head in session.scalars(query)]


def last_head(session: Session) -> Head | None:
    """The newest head."""
    head = session.scalars(select(AuditHead).order_by(AuditHead.number.desc()).limit(1)).one_or_none()
    return None if head is None else _head(head)


def links(session: Session) -> Iterator[Link]:
    """The whole chain in its order, a page at a time."""
    after = 0
    query = _links()
    while True:
        rows = session.execute(query, {"after": after}).all()
        for number, entry_id, digest, entry in rows:
            yield Link(
                number=number,
                entry_id=entry_id,
                hash=digest,
                entry=None if entry is None else _entry(entry),
            )
        if len(rows) < _PAGE:
            return
        after = rows[-1].number
        session.expunge_all()


def strays(session: Session, *, limit: int) -> list[int]:
    """Ids of entries that are in no link and don't wait for one: someone has taken them out."""
    link, waits = aliased(AuditLink), aliased(AuditPending)
    query = (
        select(AuditEntry.id)
        .outerjoin(link, link.entry_id == AuditEntry.id)
        .outerjoin(waits, waits.entry_id == AuditEntry.id)
        .where(link.entry_id.is_(None), waits.entry_id.is_(None))
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def count_pending(session: Session) -> int:
    """Entries that wait for a link."""
    return session.execute(select(func.count()).select_from(AuditPending)).scalar_one()


def of_kinds(session: Session, kinds: Sequence[str]) -> Iterator[Entry]:
    """All entries of some kinds in the order of their ids, chained or not."""
    query = select(AuditEntry).where(AuditEntry.kind.in_(kinds)).order_by(AuditEntry.id)
    for entry in session.scalars(query.execution_options(yield_per=_PAGE)):
        yield _entry(entry)


def _links() -> Select[int, int, bytes, AuditEntry | None]:
    return (
        select(AuditLink.number, AuditLink.entry_id, AuditLink.hash, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .where(AuditLink.number > bindparam("after"))
        .order_by(AuditLink.number)
        .limit(_PAGE)
    )


def _entry(row: AuditEntry) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})


def _head(row: AuditHead) -> Head:
    return Head(**{name: getattr(row, name) for name in Head.__dataclass_fields__})
