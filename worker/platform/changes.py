"""The route that says what has changed since a cursor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session, sessionmaker

from db.queries import changes
from db.queries.changes import Change
from detector.reasons import Reason, Rejected
from worker.platform.reasons import may_refuse
from worker.platform.schemas import ChangesView, ChangeView

_LARGEST_PAGE = 500
_LAST = 2**53 - 1
"""Largest whole number that every reader of JSON keeps whole."""


def add_routes(router: APIRouter, makes: sessionmaker[Session]) -> None:
    """``GET /v1/changes``."""

    @router.get(
        "/changes",
        operation_id="changes",
        tags=["changes"],
        openapi_extra=may_refuse(Reason.NOT_FOUND, Reason.CURSOR_TOO_OLD),
    )
    def since(
        after: Annotated[
            int, Query(ge=0, le=_LAST, description="The `next` of the answer before; 0 begins at the start.")
        ] = 0,
        limit: Annotated[int, Query(ge=1, le=_LARGEST_PAGE, description="Changes of a page.")] = 100,
    ) -> ChangesView:
        """Verdicts, refusals and decisions in an order that never skips one: a webhook's twin, to be asked.

        A decision appears once it can no longer be taken back. Keep `next` with what was read, in one
        transaction, and nothing is missed or seen twice.
        """
        found = _read(makes, after, limit + 1)
        page = found[:limit]
        return ChangesView(
            changes=[ChangeView.of(change) for change in page],
            next=page[-1].number if page else after,
            more=len(found) > limit,
        )


def _read(makes: sessionmaker[Session], after: int, limit: int) -> list[Change]:
    """A page; only who comes to the end of the numbers has new ones given."""
    with makes() as session:
        found = changes.since(session, after, limit=limit)
        _refuse_if_some_are_gone(session, after)
    if len(found) == limit:
        return found
    with makes.begin() as session:
        changes.number_new(session, limit=_LARGEST_PAGE + 1)
    with makes() as session:
        found = changes.since(session, after, limit=limit)
        if not found and after > changes.last_number(session):
            raise Rejected(
                Reason.NOT_FOUND,
                "this cursor is ahead of everything that happened here: the database is another one, or was "
                "restored; begin again with after=0",
            )
    return found


def _refuse_if_some_are_gone(session: Session, after: int) -> None:
    if 0 < after < changes.last_forgotten(session):
        raise Rejected(
            Reason.CURSOR_TOO_OLD,
            "changes behind this cursor were deleted when their time was over: ask for the pictures that you "
            "know of, and begin again with after=0",
        )
