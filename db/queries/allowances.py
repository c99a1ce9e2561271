"""How fast each token may ask: a bucket fills with time, up to a burst, and each request draws from it.

One statement a request, so that several processes keep to one limit together. The clock is PostgreSQL's.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Double, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Allowance


def draw(session: Session, key: bytes, *, per_second: float, burst: float) -> float:
    """Draw one request from a token's bucket.

    Args:
        session: in a transaction; the row is locked until it ends, so let it end soon.
        key: 32 bytes that stand for the token.
        per_second: how fast the bucket fills, above 0.
        burst: what it holds, 1 or more.

    Returns:
        Seconds until there is something to draw; 0.0 where the request may go on.
    """
    filled = _filled(per_second, burst)
    new = insert(Allowance).values(key=key, left=burst - 1.0, at=db_now())
    drawn = new.on_conflict_do_update(
        index_elements=[Allowance.key],
        set_={"left": filled - 1.0, "at": db_now()},
        where=filled >= 1.0,  # what is refused draws nothing: who keeps asking is not kept out for ever
    ).returning(Allowance.left)
    if session.execute(drawn).one_or_none() is not None:
        return 0.0
    left = session.scalars(select(_filled(per_second, burst)).where(Allowance.key == key)).one_or_none()
    return 0.0 if left is None else max(0.0, (1.0 - left) / per_second)


def _filled(per_second: float, burst: float) -> ColumnElement[float]:
    """What is in a bucket at this moment."""
    seconds: ColumnElement[float] = cast(func.extract("epoch", db_now() - Allowance.at), Double())
    level = Allowance.left + func.greatest(seconds, 0.0) * literal(per_second, Double())
    return func.least(level, literal(burst, Double()))
