"""What the audit log tells of the desk's work, entry after entry: for counters, whoever did the work.

The log has every claim and every decision, by whichever door they came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Double,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from db.base import db_now
from db.models import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, as far as it is of interest here."""

    id: int
    kind: str
    """``item_changed``, ``decided``, ``taken_back`` or another one of the log."""
    body: dict[str, Any]
    claims: bool
    """It begins a lease of its item."""
    claim_seconds: float | None
    """From the claim to the decision; None where it is no decision, or its claim was not logged."""


def end(session: Session, *, settled_seconds: float) -> int:
    """Id of the newest entry of that age; 0 where there is none."""
    query = select(AuditEntry.id).where(_settled()).order_by(AuditEntry.id.desc()).limit(1)
    return session.execute(query, {"settled": settled_seconds}).scalar_one_or_none() or 0


def after(session: Session, entry_id: int, *, settled_seconds: float, limit: int) -> list[Entry]:
    """The entries of that age behind one, oldest first."""
    rows = session.execute(_after(), {"behind": entry_id, "most": limit, "settled": settled_seconds})
    return [Entry(**row._mapping) for row in rows]


@cache
def _after() -> Select[Any]:
    claim, earlier = aliased(AuditEntry), aliased(AuditEntry)
    begins = and_(_holds(AuditEntry), ~exists().where(_same_lease(earlier), earlier.id < AuditEntry.id))
    begun = select(func.min(claim.created_at)).where(_same_lease(claim)).scalar_subquery()
    took = cast(func.extract("epoch", AuditEntry.created_at - begun), Double)
    return (
        select(
            AuditEntry.id,
            AuditEntry.kind,
            AuditEntry.body,
            func.coalesce(begins, False).label("claims"),
            case((AuditEntry.kind == "decided", took)).label("claim_seconds"),
        )
        .where(AuditEntry.id > bindparam("behind", type_=BigInteger()), _settled())
        .order_by(AuditEntry.id)
        .limit(bindparam("most", type_=BigInteger()))
    )


def _holds(entry: type[AuditEntry]) -> ColumnElement[bool]:
    """The entry says that its item is claimed."""
    return and_(entry.kind == "item_changed", _text(entry, "state") == "claimed")


def _same_lease(other: type[AuditEntry]) -> ColumnElement[bool]:
    """It is of the same item, which was claimed under the same number."""
    same_number = _text(other, "lease_number") == _text(AuditEntry, "lease_number")
    return and_(other.subject == AuditEntry.subject, _holds(other), same_number)


def _text(entry: type[AuditEntry], member: str) -> ColumnElement[str]:
    return cast(entry.body[member].astext, Text)


def _settled() -> ColumnElement[bool]:
    seconds: BindParameter[float] = bindparam("settled", type_=Double())
    return AuditEntry.created_at <= db_now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
