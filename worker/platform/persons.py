"""The route that gives all that is stored of one person."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from db.queries.persons import Part
from detector.reasons import Reason, Rejected
from worker.person.reading import Page, Place, first, read, unknown
from worker.platform.reasons import may_refuse
from worker.platform.schemas import Word
from worker.settings import Settings

_LARGEST_PAGE = 200
_WITHOUT = frozenset({Part.MEASUREMENTS})
"""The hook's role in the database may not read vectors: `artgate person export` gives them."""


class PersonRecordView(BaseModel):
    """One record."""

    part: Part
    """Its kind; docs/platform.md says what each is."""
    record: dict[str, Any]


class PersonRecordsView(BaseModel):
    """A page of what is stored of a person."""

    records: list[PersonRecordView]
    """May be empty while other pages follow."""
    next: str | None
    """The `after` of the next page; null at the end."""

    @classmethod
    def of(cls, page: Page) -> Self:
        """The page as it was read."""
        return cls(
            records=[PersonRecordView(part=page.part, record=dict(each)) for each in page.records],
            next=None if page.next is None else _word_of(page.next),
        )


def add_routes(router: APIRouter, settings: Settings, makes: sessionmaker[Session]) -> None:
    """``GET /v1/persons/records``."""

    @router.get(
        "/persons/records",
        operation_id="records_of_person",
        tags=["persons"],
        openapi_extra=may_refuse(Reason.NOT_FOUND),
    )
    def records(
        uploader: Annotated[Word, Query(description="The person, as events call the uploader.")],
        limit: Annotated[int, Query(ge=1, le=_LARGEST_PAGE, description="Most records of a page.")] = 50,
        after: Annotated[
            str | None, Query(min_length=1, max_length=200, description="The `next` of the page before.")
        ] = None,
    ) -> PersonRecordsView:
        """All that is stored of a person, for that person; reviewers' names are not in it.

        But for the numbers that were measured on the pictures: `artgate person export` writes these too.
        """
        place = first() if after is None else _place_of(after)
        with makes() as session:
            page = read(session, settings, uploader, place, limit=limit, without=_WITHOUT)
            while not page.records and page.next is not None:
                page = read(session, settings, uploader, page.next, limit=limit, without=_WITHOUT)
        if not page.records and after is None:
            raise unknown()
        return PersonRecordsView.of(page)


def _word_of(place: Place) -> str:
    return place.part.value if place.after is None else f"{place.part.value}.{place.after}"


def _place_of(word: str) -> Place:
    part, _, last = word.partition(".")
    try:
        place = Place(part=Part(part), after=UUID(last) if last else None)
    except ValueError:
        place = None
    if place is None or place.part in _WITHOUT:
        raise Rejected(Reason.NOT_FOUND, "this page is unknown: begin without `after`")
    return place
