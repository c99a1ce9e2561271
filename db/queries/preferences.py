"""How an account wants the console to be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from db.models import Blur, Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The preferences, with what holds where nothing was said."""

    blur: Blur = Blur.FLAGGED
    greyscale: bool = False
    takes_next: bool = True
    single_keys: bool = True
    break_minutes: int = 50
    """0 for no reminder; at most 240."""


def of(session: Session, account_id: UUID | None) -> Wishes:
    """The account's wishes; the defaults where it has said nothing, and for who has no account."""
    found = None if account_id is None else session.get(Preferences, account_id)
    if found is None:
        return Wishes()
    return Wishes(
        blur=found.blur,
        greyscale=found.greyscale,
        takes_next=found.takes_next,
        single_keys=found.single_keys,
        break_minutes=found.break_minutes,
    )


def keep(session: Session, account_id: UUID, wishes: Wishes) -> None:
    """Write the account's wishes over those before."""
    values = asdict(wishes)
    session.execute(
        postgresql.insert(Preferences)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values)
    )
    session.expire_all()
