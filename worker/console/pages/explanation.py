"""What the console draws of an item's evidence, as data for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from worker.access.guard import decider_of, name_of
from worker.console.console import Console
from worker.console.evidence.gather import picture_of, provenance_of
from worker.console.evidence.grounds import grounds_of
from worker.console.evidence.records import PictureLinks, Provenance
from worker.review import blinding, desk
from worker.review.desk import Case


def router_for(console: Console) -> APIRouter:
    """Routes beside those of the review API: the hook, which loads no models, has not got them."""
    router = APIRouter(prefix="/v1/review/items/{item_id}", dependencies=[Depends(console.guard)])
    known, decides = Depends(name_of), Depends(decider_of)

    @router.get("/explanation")
    def explanation(item_id: UUID, moderator: str = known, decider: str | None = decides) -> dict[str, Any]:
        """Why the verdict is what it is, as ``artgate explain`` says it, and what the file says of itself.

        Without the verdict's where a first opinion is asked for before it.
        """
        with console.makes() as session:
            case = blinding.seen_case(session, desk.look(session, item_id, unless_of=moderator), decider)
            explained = _explained(console, session, case)
        return explained | _said(provenance_of(console.sources, case))

    @router.get("/picture")
    def picture(item_id: UUID, moderator: str = known) -> PictureLinks | None:
        """Fresh links to the item's picture: a page that stays open longer than they hold asks again."""
        with console.makes() as session:
            case = desk.look(session, item_id, unless_of=moderator)
        return picture_of(console.sources, case, moderator)

    return router


def _explained(console: Console, session: Session, case: Case) -> dict[str, Any]:
    grounds = None if case.verdict is None else grounds_of(console.sources, session, case.verdict)
    if grounds is None or grounds.explanation is None:
        return {"explanation": None, "trouble": None if grounds is None else grounds.trouble}
    return {"explanation": grounds.explanation.as_json(), "trouble": None}


def _said(provenance: Provenance) -> dict[str, Any]:
    return {
        "provenance": [asdict(claim) for claim in provenance.claims],
        "provenance_trouble": provenance.trouble,
    }
