"""Reads what is stored of a person as records of plain JSON, page by page."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.queries import effective, persons, statements
from db.queries.persons import Part, Row
from detector.reasons import Reason, Rejected
from worker.person.unnaming import Unnaming
from worker.settings import Settings
from worker.statements.statement import state

Record: TypeAlias = tuple[Part, Mapping[str, Any]]
"""One record with its part."""
_PAGE = 200
_ORDER = tuple(Part)
_FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ended: in a part, after the record of an id, or before its first."""

    part: Part
    after: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some records of one part."""

    part: Part
    records: tuple[Mapping[str, Any], ...]
    next: Place | None
    """None at the end of the last part."""


def first() -> Place:
    """Where all begins."""
    return Place(part=_ORDER[0], after=None)


def read(
    session: Session,
    settings: Settings,
    who: str,
    place: Place,
    *,
    limit: int,
    without: frozenset[Part] = frozenset(),
) -> Page:
    """The records that follow a place; a page may be empty while others follow.

    Args:
        session: in a transaction.
        settings: what statements of reasons are made with.
        who: the person, as the platform calls them.
        place: where to go on.
        limit: most records.
        without: parts that are passed over.
    """
    rows = persons.page(session, place.part, who, after=place.after, limit=limit)
    if place.part is Part.STATEMENTS:
        records = _statements(session, settings, rows)
    elif place.part is Part.DECISIONS:
        records = _unnamed(session, settings, rows)
    else:
        records = tuple(map(_plain, rows))
    return Page(part=place.part, records=records, next=_following(place.part, rows, limit, without))


def read_all(sessions: sessionmaker[Session], settings: Settings, who: str) -> Iterator[Record]:
    """Every record of a person, part by part.

    Raises:
        Rejected: ``not_found``: nothing is stored of this person.
    """
    place: Place | None = first()
    found = False
    while place is not None:
        with sessions() as session:
            page = read(session, settings, who, place, limit=_PAGE)
        yield from ((page.part, record) for record in page.records)
        found = found or bool(page.records)
        place = page.next
    if not found:
        raise unknown()


def unknown() -> Rejected:
    """The refusal where nothing is stored."""
    return Rejected(Reason.NOT_FOUND, "nothing of this person is stored here, or it was erased")


def _following(part: Part, rows: Sequence[Row], limit: int, without: frozenset[Part]) -> Place | None:
    if len(rows) == limit:
        return Place(part=part, after=rows[-1]["id"])
    following = [each for each in _ORDER[_ORDER.index(part) + 1 :] if each not in without]
    return Place(part=following[0], after=None) if following else None


def _statements(session: Session, settings: Settings, pictures: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """Of the pictures that are called SYNTHETIC now."""
    subjects = [effective.accusation_of(session, picture["id"]) for picture in pictures]
    facts = [statements.find(session, subject) for subject in subjects if subject is not None]
    return tuple(_plain(asdict(state(each, settings))) for each in facts if each is not None)


def _unnamed(session: Session, settings: Settings, rows: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """Decisions whose notes name no reviewer."""
    if not any(row["note"] for row in rows):
        return tuple(map(_plain, rows))
    names = persons.reviewers_named(session, [row["id"] for row in rows])
    unnamed = Unnaming([*names, *settings.moderator_tokens])
    return tuple(_plain(row) | {"note": unnamed(row["note"])} for row in rows)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON holds it; the bytes of a vector become its numbers, all others hexadecimal digits."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    match value:
        case bytes() if name == "values":
            return list(struct.unpack(f"<{len(value) // _FLOAT_BYTES}f", value))
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value
