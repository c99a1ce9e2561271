"""Attempts to sign in, counted before they are judged, so that many at once are no way around."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Double, case, cast, delete, extract, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from db.base import db_after, db_now
from db.models import SignInAttempts

_MOST_DOUBLINGS = 30
_FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many attempts are free, and how long the next one must wait: each time twice as long."""

    free: int
    """Failures in a row that cost no delay."""
    first_delay: float
    """Seconds after the first failure that is not free."""
    longest_delay: float
    """Seconds that are never exceeded."""
    forgotten_after: float
    """Seconds without an attempt after which all is forgotten."""


def admit(session: Session, key: bytes, patience: Patience) -> float:
    """Count an attempt, as a failure until ``forgive`` or ``clear``. Commit before it is judged.

    Returns:
        0 where it may be made; else the seconds to wait, and nothing was counted.
    """
    _forget(session, patience)
    counted = insert(SignInAttempts).values(
        key=key,
        failures=1,
        last_at=db_now(),
        blocked_until=db_after(0.0 if patience.free else patience.first_delay),
    )
    stale = SignInAttempts.last_at < db_after(-patience.forgotten_after)
    failures = case((stale, 1), else_=SignInAttempts.failures + 1)
    made = session.execute(
        counted.on_conflict_do_update(
            index_elements=[SignInAttempts.key],
            set_={
                "failures": failures,
                "last_at": db_now(),
                "blocked_until": db_now() + _delay(failures, patience),
            },
            where=SignInAttempts.blocked_until <= db_now(),
        ).returning(SignInAttempts.key)
    ).scalar_one_or_none()
    if made is not None:
        return 0.0
    left = extract("epoch", SignInAttempts.blocked_until - db_now())
    waits: float = session.execute(select(cast(left, Double)).where(SignInAttempts.key == key)).scalar_one()
    return max(waits, 0.001)


def clear(session: Session, key: bytes) -> None:
    """Forget what was counted: the right person is here."""
    query = delete(SignInAttempts).where(SignInAttempts.key == key)
    session.execute(query.execution_options(synchronize_session=False))


def forgive(session: Session, key: bytes) -> None:
    """Take back the one attempt that was just admitted and was right; those before stay counted."""
    session.execute(
        update(SignInAttempts)
        .where(SignInAttempts.key == key)
        .values(failures=func.greatest(SignInAttempts.failures - 1, 0), blocked_until=db_now())
        .execution_options(synchronize_session=False)
    )


def _delay(failures: ColumnElement[int], patience: Patience) -> ColumnElement[object]:
    """The interval that follows so many failures."""
    doublings = func.least(failures - patience.free - 1, _MOST_DOUBLINGS)
    seconds = case(
        (failures <= patience.free, 0.0),
        else_=func.least(patience.longest_delay, patience.first_delay * func.power(2.0, doublings)),
    )
    return func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _forget(session: Session, patience: Patience) -> None:
    """Drop some of what is stale, so that the table stays as small as the recent attempts."""
    stale = (
        select(SignInAttempts.key)
        .where(SignInAttempts.last_at < db_after(-2 * patience.forgotten_after))
        .limit(_FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(SignInAttempts)
        .where(SignInAttempts.key.in_(stale))
        .execution_options(synchronize_session=False)
    )
