"""The review API: the moderators' desk over HTTP.

Routes only translate. A refusal is raised with its reason code and becomes a problem document
(RFC 9457) in the server that the router is mounted on.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session, sessionmaker

from db.models.review import ItemKind, ItemState
from db.queries import items
from db.queries.eligibility import WAITING
from db.queries.items import After, Item
from worker.access.guard import Guard, decider_of, name_of
from worker.review import asides, blinding, clusters, deciding, desk
from worker.review.placing import place_new, policy_in_force
from worker.review.schemas import (
    CaseView,
    DecisionBody,
    HandOverBody,
    HoldBody,
    ItemView,
    LeaseBody,
    OpinionBody,
    PageView,
    SkipBody,
    after_of,
    cursor_of,
    unknown_page,
)
from worker.settings import Settings

_LARGEST_PAGE = 200


def router_for(settings: Settings, sessions: sessionmaker[Session]) -> APIRouter:
    """The routes below ``/v1/review``, for whom ``worker/access/permissions.py`` allows them.

    Args:
        settings: Moderators' tokens and the length of a lease.
        sessions: Makes a session for each request.
    """
    guard = Depends(Guard(settings, sessions))
    router = APIRouter(prefix="/v1/review", tags=["review"], dependencies=[guard])
    _add_reading(router, sessions)
    _add_near(router, sessions)
    _add_claiming(router, settings, sessions)
    _add_setting_aside(router, sessions)
    _add_opining(router, sessions)
    _add_closing(router, settings, sessions)
    return router


def _add_reading(router: APIRouter, sessions: sessionmaker[Session]) -> None:
    known, decides = Depends(name_of), Depends(decider_of)

    @router.get("/items")
    def list_items(
        *,
        moderator: str = known,
        decider: str | None = decides,
        state: Annotated[list[ItemState] | None, Query()] = None,
        kind: ItemKind | None = None,
        queue: str | None = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = 50,
    ) -> PageView:
        """A page of items, the most urgent first; by default those that wait for a decision.

        What is the moderator's own matter is left out.
        """
        with sessions.begin() as session:
            place_new(session, policy_in_force(session))
            place = None if after is None else _place(session, after)
            found = items.list_items(
                session,
                states=state or WAITING,
                kind=kind,
                queue=queue,
                placed_by=blinding.listed_by(session, decider),
                unless_of=moderator,
                after=place,
                limit=limit,
            )
            shown = blinding.seen_all(session, found, decider)
        return PageView(
            items=[ItemView.model_validate(item) for item in shown],
            next=cursor_of(found[-1]) if len(found) == limit else None,
        )

    @router.get("/items/{item_id}")
    def look(item_id: UUID, moderator: str = known, decider: str | None = decides) -> CaseView:
        """One item with its evidence."""
        with sessions() as session:
            case = desk.look(session, item_id, unless_of=moderator)
            return CaseView.of(blinding.seen_case(session, case, decider))


def _add_near(router: APIRouter, sessions: sessionmaker[Session]) -> None:
    known, decides = Depends(name_of), Depends(decider_of)

    @router.get("/items/{item_id}/near")
    def near(item_id: UUID, moderator: str = known, decider: str | None = decides) -> PageView:
        """The waiting near-duplicates that a decision on this item may cover, nearest first."""
        with sessions() as session:
            desk.look(session, item_id, unless_of=moderator)
            policy = policy_in_force(session).policy.cluster
            near = clusters.preview(session, item_id, moderator, policy)
            found = blinding.seen_all(session, near, decider)
        return PageView(items=[ItemView.model_validate(item) for item in found], next=None)


def _add_claiming(router: APIRouter, settings: Settings, sessions: sessionmaker[Session]) -> None:
    lease = settings.review_lease_seconds
    known = Depends(name_of)

    @router.post("/claim")
    def claim_next(
        moderator: str = known, kind: ItemKind | None = None, queue: str | None = None
    ) -> CaseView:
        """Take the most urgent item that nobody holds and that is for this moderator."""
        with sessions.begin() as session:
            item = desk.claim_next(session, moderator, lease_seconds=lease, kind=kind, queue=queue)
            return CaseView.of(blinding.seen_case(session, desk.case_of(session, item), moderator))

    @router.post("/items/{item_id}/claim")
    def claim(item_id: UUID, moderator: str = known) -> CaseView:
        """Take this item."""
        with sessions.begin() as session:
            item = desk.claim(session, item_id, moderator, lease_seconds=lease)
            return CaseView.of(blinding.seen_case(session, desk.case_of(session, item), moderator))

    @router.post("/items/{item_id}/renew")
    def renew(item_id: UUID, body: LeaseBody, moderator: str = known) -> ItemView:
        """Hold a claimed item for another lease, from now."""
        with sessions.begin() as session:
            item = desk.renew(session, item_id, moderator, body.lease_number, lease_seconds=lease)
            return _view(session, item, moderator)


def _add_setting_aside(router: APIRouter, sessions: sessionmaker[Session]) -> None:
    known = Depends(name_of)

    @router.post("/items/{item_id}/skip")
    def skip(item_id: UUID, body: SkipBody, moderator: str = known) -> ItemView:
        """Leave a claimed item to the others."""
        with sessions.begin() as session:
            item = asides.skip(session, item_id, moderator, body.lease_number, why=body.why)
            return _view(session, item, moderator)

    @router.post("/items/{item_id}/hold")
    def hold(item_id: UUID, body: HoldBody, moderator: str = known) -> ItemView:
        """Let a claimed item rest until a time; then it is this moderator's first."""
        with sessions.begin() as session:
            item = asides.hold(session, item_id, moderator, body.lease_number, until=body.until, why=body.why)
            return _view(session, item, moderator)

    @router.post("/items/{item_id}/hand-over")
    def hand_over(item_id: UUID, body: HandOverBody, moderator: str = known) -> ItemView:
        """Keep a claimed item for a named reviewer."""
        with sessions.begin() as session:
            item = asides.hand_over(session, item_id, moderator, body.lease_number, to=body.to, why=body.why)
            return _view(session, item, moderator)

    @router.post("/items/{item_id}/escalate")
    def escalate(item_id: UUID, body: SkipBody, moderator: str = known) -> ItemView:
        """Leave a claimed item to a senior."""
        with sessions.begin() as session:
            item = asides.escalate(session, item_id, moderator, body.lease_number, why=body.why)
            return _view(session, item, moderator)


def _add_opining(router: APIRouter, sessions: sessionmaker[Session]) -> None:
    known = Depends(name_of)

    @router.post("/items/{item_id}/opinion")
    def opinion(item_id: UUID, body: OpinionBody, moderator: str = known) -> CaseView:
        """Give a first opinion on a claimed item; what the detector said is shown from then on."""
        with sessions.begin() as session:
            item = blinding.opine(session, item_id, moderator, body.lease_number, body.opinion.label)
            return CaseView.of(blinding.seen_case(session, desk.case_of(session, item), moderator))


def _add_closing(router: APIRouter, settings: Settings, sessions: sessionmaker[Session]) -> None:
    known = Depends(name_of)

    @router.post("/items/{item_id}/release")
    def release(item_id: UUID, body: LeaseBody, moderator: str = known) -> ItemView:
        """Give a claimed item back undecided."""
        with sessions.begin() as session:
            item = desk.release(session, item_id, moderator, body.lease_number)
            return _view(session, item, moderator)

    @router.post("/items/{item_id}/decide")
    def decide(item_id: UUID, body: DecisionBody, moderator: str = known) -> ItemView:
        """Record the decision; it closes the item, or opens it for another opinion."""
        with sessions.begin() as session:
            item = deciding.decide(
                session,
                item_id,
                moderator,
                body.lease_number,
                label=body.decision.label,
                ground=body.ground,
                note=body.note,
                also=body.also,
                undo_seconds=settings.review_undo_seconds,
            )
            return _view(session, item, moderator)

    @router.post("/items/{item_id}/undo")
    def undo(item_id: UUID, body: LeaseBody, moderator: str = known) -> ItemView:
        """Take one's decision back, as long as nobody outside was told; the item is claimed again."""
        with sessions.begin() as session:
            item = deciding.undo(
                session,
                item_id,
                moderator,
                body.lease_number,
                undo_seconds=settings.review_undo_seconds,
                lease_seconds=settings.review_lease_seconds,
            )
            return _view(session, item, moderator)


def _view(session: Session, item: Item, moderator: str) -> ItemView:
    """The item after a step, as who took it may see it."""
    return ItemView.model_validate(blinding.seen(session, item, moderator))


def _place(session: Session, cursor: str) -> After:
    place = items.place_of(session, after_of(cursor))
    if place is None:
        raise unknown_page()
    return place
