"""Pseudonyms: what an export says instead of a moderator's name."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Pseudonym


def of_names(session: Session, names: Collection[str], new_pseudonym: Callable[[], str]) -> dict[str, str]:
    """The pseudonym of each name; who had none gets one that stays.

    Args:
        session: of the caller's transaction.
        names: accounts', or any other that decisions stand under.
        new_pseudonym: makes a random one at each call.
    """
    if not names:
        return {}
    rows = [{"name": name, "pseudonym": new_pseudonym()} for name in sorted(set(names))]
    session.execute(insert(Pseudonym).values(rows).on_conflict_do_nothing(index_elements=[Pseudonym.name]))
    found = session.scalars(select(Pseudonym).where(Pseudonym.name.in_(set(names))))
    return {row.name: row.pseudonym for row in found}
