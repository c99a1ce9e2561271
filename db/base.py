"""The declarative base, the naming convention and the column types that all tables share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Double, LargeBinary, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Member = TypeVar("Member", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """``timestamptz`` that takes aware datetimes only and gives them back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a naive datetime, whose moment depends on who reads it."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored: say its zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the same moment in UTC, whatever the zone of the connection."""
        return None if value is None else value.astimezone(UTC)


class TextEnum(TypeDecorator[StrEnum]):
    """A StrEnum stored as ``text``; ``one_of`` gives the check constraint that belongs to it."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a string that is no member before PostgreSQL has to."""
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the member back."""
        return None if value is None else self.members(value)


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = {
        str: Text(),
        bytes: LargeBinary(),
        float: Double(),
        UUID: Uuid(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSONB(),
    }


def one_of(column: str, members: type[StrEnum]) -> CheckConstraint:
    """The check that a ``TextEnum`` column holds a member of its enum (null passes)."""
    listed = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def db_now() -> ColumnElement[datetime]:
    """The moment of the statement by PostgreSQL's clock, the only clock of leases and deadlines.

    ``statement_timestamp()`` rather than ``now()``: a long transaction must not judge a lease by the
    time at which it began; and rather than ``clock_timestamp()``, which no index can serve.
    """
    return func.statement_timestamp(type_=UtcDateTime())


def db_after(seconds: float | ColumnElement[float]) -> ColumnElement[datetime]:
    """The moment that lies ``seconds`` (negative: before) from ``db_now()``; null where they are null."""
    return db_now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
