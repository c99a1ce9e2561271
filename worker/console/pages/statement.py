"""``/console/items/{item_id}/statement``: the statement of reasons that the platform was given."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from db.models import HumanLabel, ItemState
from db.queries import effective, statements
from db.queries.items import Item
from detector.reasons import Reason, Rejected
from worker.access.actor import Actor
from worker.access.guard import actor_of, decider_of
from worker.console.console import Console
from worker.review import blinding, desk
from worker.statements.statement import state

Asking = Annotated[Actor, Depends(actor_of)]
Decides = Annotated[str | None, Depends(decider_of)]


def router_for(console: Console) -> APIRouter:
    """The statement of one decided item."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])

    @router.get("/items/{item_id}/statement")
    def page(request: Request, item_id: UUID, actor: Asking, decides: Decides) -> Response:
        """The page, for who may see the item and its decision."""
        with console.makes() as session:
            case = blinding.seen_case(session, desk.look(session, item_id, unless_of=actor.name), decides)
            subject_id = subject_of(session, case.item)
            facts = None if subject_id is None else statements.find(session, subject_id)
        if facts is None:
            raise Rejected(
                Reason.NOT_FOUND, "no SYNTHETIC on this item is in effect, so there are no reasons to state"
            )
        told = state(facts, console.settings)
        return console.page(request, "statement.html", item=case.item, statement=told)

    return router


def subject_of(session: Session, item: Item) -> UUID | None:
    """The decision whose reasons can be stated.

    None where the item is not decided, or not any more, is not SYNTHETIC, or may yet be taken back.
    """
    if item.state is not ItemState.DECIDED:
        return None
    decision = effective.decision_of(session, item.id)
    return None if decision is None or decision.label is not HumanLabel.SYNTHETIC else decision.id
