"""Reviewers: what the queue knows of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, array, insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One reviewer."""

    name: str
    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    """None stated means that none is excluded."""
    accounts: Sequence[str] = ()
    """Their own accounts on the platform."""
    senior: bool = False


def profile(session: Session, name: str) -> Profile:
    """What is known of a name; nothing, where it was never described."""
    reviewer = session.get(Reviewer, name)
    return Profile(name=name) if reviewer is None else _profile(reviewer)


def all_profiles(session: Session) -> list[Profile]:
    """Everyone who was described, by name."""
    return [_profile(reviewer) for reviewer in session.scalars(select(Reviewer).order_by(Reviewer.name))]


def is_described(session: Session, name: str) -> bool:
    """Someone has described this reviewer."""
    return session.get(Reviewer, name) is not None


def describe(session: Session, given: Profile) -> None:
    """Write a reviewer's description over the one before."""
    values = {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(given).items()
    }
    changed = {name: value for name, value in values.items() if name != "name"}
    session.execute(
        insert(Reviewer).values(values).on_conflict_do_update(index_elements=["name"], set_=changed)
    )
    session.expire_all()


def register(session: Session, name: str, *, senior: bool) -> None:
    """Say whether a reviewer is a senior; whoever was unknown gets a row, and with it a pseudonym."""
    session.execute(
        insert(Reviewer)
        .values(name=name, senior=senior)
        .on_conflict_do_update(
            index_elements=["name"], set_={"senior": senior}, where=Reviewer.senior != senior
        )
    )
    session.expire_all()


def pseudonyms(session: Session, names: Collection[str]) -> dict[str, UUID]:
    """What an export says instead of each of these names; a name that has no row is left out."""
    rows = session.execute(select(Reviewer.name, Reviewer.pseudonym).where(Reviewer.name.in_(names)))
    return {row.name: row.pseudonym for row in rows}


Name = str | ColumnElement[str]
"""A reviewer's name, or the parameter of a statement that is built once."""


def own_names(name: Name) -> ColumnElement[list[str]]:
    """In SQL: the names that are one reviewer's own, their id and their accounts on the platform."""
    return func.array_prepend(cast(name, Text), _listed(Reviewer.accounts, name), type_=ARRAY(Text))


def languages_of(name: Name) -> ColumnElement[list[str]]:
    """In SQL: the languages that a reviewer is stated to read."""
    return _listed(Reviewer.languages, name)


def _listed(column: InstrumentedAttribute[list[str]], name: Name) -> ColumnElement[list[str]]:
    of_reviewer = select(column).where(Reviewer.name == name).scalar_subquery()
    return func.coalesce(of_reviewer, cast(array([], type_=Text), ARRAY(Text)), type_=ARRAY(Text))


def _profile(reviewer: Reviewer) -> Profile:
    names = Profile.__dataclass_fields__
    return Profile(**{name: _plain(getattr(reviewer, name)) for name in names})


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
