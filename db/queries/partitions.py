"""Tables that grow without end and lie in a partition a week: made ahead of time, dropped as a whole.

A partition holds the rows of a week by UTC, from Monday on; what fits none lies in a last one, so that no
row is ever refused for want of a partition. Making and dropping are functions of the database, which do it
with the rights of the tables' owner: whoever calls them can't change the schema in any other way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.models import WebhookAttempt

PARTITIONED = (WebhookAttempt.__tablename__,)
"""Names of the tables; each has its time in a column ``at``."""
_WEEK = timedelta(days=7)
_LISTED = text(r"""
    SELECT relname, substring(bounds FROM 'FROM \(''([^'']+)''\)')\:\:timestamptz AS first,
           substring(bounds FROM 'TO \(''([^'']+)''\)')\:\:timestamptz AS upto
      FROM (SELECT relname, pg_get_expr(relpartbound, pg_class.oid) AS bounds
              FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
             WHERE inhparent = to_regclass(quote_ident(:table))) parts
     WHERE bounds <> 'DEFAULT' ORDER BY first
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition, for the rows from ``first`` on, before ``upto``."""

    name: str
    first: datetime
    upto: datetime


def weeks(moment: datetime, *, ahead: int) -> Iterator[date]:
    """The Mondays of the week of a moment and of so many weeks after it, by UTC."""
    today = moment.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday())
    return (monday + number * _WEEK for number in range(ahead + 1))


def listed(session: Session, table: str) -> list[Partition]:
    """The partitions of a table, in their order, without the one for what fits no other."""
    rows = session.execute(_LISTED, {"table": table})
    return [Partition(name=name, first=first, upto=upto) for name, first, upto in rows]


def make(session: Session, table: str, monday: date) -> bool:
    """Make the partition of a week. False where there is one.

    Raises:
        sqlalchemy.exc.OperationalError: the table was locked by someone else for 2 s.
    """
    made = text("SELECT make_partition(:table, :first, :upto)")
    given = {"table": table, "first": monday, "upto": monday + _WEEK}
    return bool(session.scalar(made, given))


def drop(session: Session, table: str, *, before: datetime) -> str | None:
    """Drop the oldest partition if all its rows are from before a moment. Its name, or None.

    Raises:
        sqlalchemy.exc.OperationalError: the table was locked by someone else for 2 s.
    """
    dropped: str | None = session.scalar(
        text("SELECT drop_partition(:table, :before)"), {"table": table, "before": before}
    )
    return dropped


def ahead_seconds(session: Session, table: str, *, now: datetime) -> float:
    """For how long from now on each row has a partition of its week; 0 where there is none for today's."""
    covered = now
    for partition in listed(session, table):
        if partition.first <= covered < partition.upto:
            covered = partition.upto
    return (covered - now).total_seconds()
