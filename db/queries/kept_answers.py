"""Answers to requests with an idempotency key, so that a second try does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import KeptAnswer

_FEW = 20
"""Answers whose time is over that one new answer takes away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that was given before."""

    request: bytes
    """sha256 of what was asked for."""
    status: int
    body: dict[str, Any]


def hold(session: Session, key: bytes) -> bool:
    """Have the key for this transaction alone. False where another request has it at this moment."""
    number = int.from_bytes(key[:8], "big", signed=True)
    return bool(session.scalars(select(func.pg_try_advisory_xact_lock(number))).one())


def find(session: Session, key: bytes, *, keep_seconds: float) -> Kept | None:
    """The answer under a key; None where there is none, or its time is over."""
    fresh = KeptAnswer.created_at > db_after(-keep_seconds)
    row = session.execute(
        select(KeptAnswer.request, KeptAnswer.status, KeptAnswer.body).where(KeptAnswer.key == key, fresh)
    ).one_or_none()
    return None if row is None else Kept(**row._mapping)


def keep(session: Session, key: bytes, answer: Kept, *, keep_seconds: float) -> None:
    """Keep an answer in place of one whose time is over, and take a few others of that kind away."""
    old = select(KeptAnswer.key).where(KeptAnswer.created_at <= db_after(-keep_seconds)).limit(_FEW)
    session.execute(delete(KeptAnswer).where(KeptAnswer.key.in_(old.with_for_update(skip_locked=True))))
    values = {"request": answer.request, "status": answer.status, "body": answer.body}
    written = insert(KeptAnswer).values(key=key, **values)
    session.execute(
        written.on_conflict_do_update(
            index_elements=[KeptAnswer.key], set_=values | {"created_at": func.now()}
        )
    )
