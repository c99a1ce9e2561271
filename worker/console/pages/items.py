"""One item: the picture large, what bears on it, and the forms of every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from db.models.preferences import Blur
from db.models.review import ItemState
from db.queries import first_opinions, preferences, reviewers
from db.queries.items import Item
from db.queries.preferences import Wishes
from worker.access.actor import Actor
from worker.access.guard import actor_of, decider_of, name_of
from worker.access.permissions import Permission, may
from worker.console.console import Console
from worker.console.evidence.gather import gather, picture_of, provenance_of
from worker.console.pages.queue import urgency_by
from worker.console.pages.statement import subject_of
from worker.review import blinding, clusters, desk
from worker.review.desk import Case
from worker.review.grounds import GROUNDS
from worker.review.placing import policy_in_force

_NEAR = 24
Asking = Annotated[Actor, Depends(actor_of)]
Decides = Annotated[str | None, Depends(decider_of)]
Named = Annotated[str, Depends(name_of)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form held that could not be taken, to be shown once more."""

    refusal: str | None = None
    note: str = ""
    ground: str = ""


def router_for(console: Console) -> APIRouter:
    """The page of an item, and the picture that would be next."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])

    @router.get("/items/{item_id}")
    def page(request: Request, item_id: UUID, actor: Asking, decides: Decides) -> Response:
        """The item as who asks may see it."""
        return item_page(console, request, actor, decides, item_id)

    @router.get("/ahead")
    def ahead(actor: Asking, moderator: Named) -> JSONResponse:
        """The picture of the item that would be next, to be fetched before it is asked for.

        It is not claimed: a claim ahead would keep it from colleagues for as long as one looks at this one.
        """
        with console.makes.begin() as session:
            item = desk.peek_next(session, moderator)
            if item is None:
                return JSONResponse({"picture": None})
            picture = picture_of(console.sources, desk.case_of(session, item), moderator)
            blurs = is_blurred(item, preferences.of(session, actor.account_id))
        url = None if picture is None else picture.blurred_url if blurs else picture.fit_url
        return JSONResponse({"picture": url})

    return router


def item_page(
    console: Console,
    request: Request,
    actor: Actor,
    decides: str | None,
    item_id: UUID,
    *,
    status: int = 200,
    typed: Typed | None = None,
) -> Response:
    """The page of an item.

    Raises:
        Rejected: ``not_found``, ``conflict_of_interest``.
    """
    with console.makes.begin() as session:
        case = desk.look(session, item_id, unless_of=actor.name)
        case = blinding.seen_case(session, case, decides)
        facts = _facts(console, session, case, actor)
    facts |= {
        "item": case.item,
        "case": case,
        "provenance": provenance_of(console.sources, case),
        "typed": typed or Typed(),
        "grounds": GROUNDS,
        "lease_seconds": console.settings.review_lease_seconds,
        "reveal": request.query_params.get("reveal") == "1",
    }
    return console.page(request, "item.html", status=status, **facts)


def _facts(console: Console, session: Session, case: Case, actor: Actor) -> dict[str, Any]:
    item = case.item
    mine = item.state is ItemState.CLAIMED and item.claimed_by == actor.name
    wishes = preferences.of(session, actor.account_id)
    return {
        "mine": mine,
        "evidence": gather(console.sources, session, case, actor.name, blind=item.scores_hidden),
        "opinion": first_opinions.of(session, [item.id], actor.name).get(item.id),
        "near": _near(console, session, item, actor.name) if mine and not item.scores_hidden else [],
        "colleagues": _colleagues(session, actor.name) if mine else [],
        "blurred": is_blurred(item, wishes),
        "greyscale": wishes.greyscale,
        "stated": may(actor.role, Permission.READ_STATEMENTS) and subject_of(session, item) is not None,
        "urgency": urgency_by(policy_in_force(session).policy),
    }


def is_blurred(item: Item, wishes: Wishes) -> bool:
    """Whether someone wants this item's picture blurred until they ask for it."""
    return wishes.blur is Blur.ALWAYS or (wishes.blur is Blur.FLAGGED and item.reports > 0)


def _near(console: Console, session: Session, item: Item, moderator: str) -> list[dict[str, object]]:
    """Waiting near-duplicates that a decision may cover, with their pictures."""
    policy = policy_in_force(session).policy.cluster
    found = clusters.preview(session, item.id, moderator, policy)[:_NEAR]
    seen = blinding.seen_all(session, found, moderator)
    return [
        {"item": each, "picture": picture_of(console.sources, desk.case_of(session, each), moderator)}
        for each in seen
    ]


def _colleagues(session: Session, name: str) -> list[str]:
    """Who an item may be handed to."""
    return [each.name for each in reviewers.all_profiles(session) if each.name != name]
