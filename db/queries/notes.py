"""Texts that people wrote, each with the salt of its digest."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db.models import Note
from db.queries._ids import NewId

_SALT = 32


def write(session: Session, body: str | None, new_id: NewId) -> UUID | None:
    """Keep a text. Returns its id; None where there is none to keep."""
    if not body:
        return None
    note_id = new_id()
    session.execute(insert(Note).values(id=note_id, salt=secrets.token_bytes(_SALT), body=body))
    return note_id


def erase(session: Session, note_id: UUID) -> bool:
    """Empty a text for good; its digest stays and tells nothing of it. False where there is none."""
    erased = session.execute(
        update(Note)
        .where(Note.id == note_id, Note.body.is_not(None))
        .values(salt=None, body=None)
        .returning(Note.id)
        .execution_options(synchronize_session=False)
    )
    return erased.scalar_one_or_none() is not None
