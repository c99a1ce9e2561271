"""The queue: what waits, the most urgent first, and the way to the next item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from db.models.review import ItemKind, ItemState
from db.queries import deadlines, desks, items
from db.queries.eligibility import WAITING
from db.queries.items import Item
from detector.reasons import Reason, Rejected
from worker.access.actor import Actor
from worker.access.guard import actor_of, decider_of, name_of
from worker.clock import utc_now
from worker.console.console import HOME, Console, to
from worker.review import blinding, desk, routing
from worker.review.placing import place_new, policy_in_force
from worker.review.policy import Policy

_PAGE = 50
Asking = Annotated[Actor, Depends(actor_of)]
Decides = Annotated[str | None, Depends(decider_of)]
Named = Annotated[str, Depends(name_of)]
_STATES = {"waiting": WAITING, **{state.value: (state,) for state in ItemState}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the queue is listed; an empty word is no filter."""

    state: str = "waiting"
    kind: str = ""
    queue: str = ""
    language: str = ""
    reason: str = ""

    @property
    def query(self) -> str:
        """As part of an address."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    @property
    def any(self) -> bool:
        """Something is left out."""
        return self != Filters()


def router_for(console: Console) -> APIRouter:
    """The first page of the console, and the next item."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])

    @router.get("/")
    def page(
        *,
        request: Request,
        actor: Asking,
        decides: Decides,
        filters: Annotated[Filters, Depends(_filters)],
        after: UUID | None = None,
    ) -> Response:
        """A page of items, what one holds, and how much waits."""
        with console.makes.begin() as session:
            place_new(session, policy_in_force(session))
            facts = _facts(session, actor, decides, filters, after)
        return console.page(request, "queue.html", filters=filters, states=list(_STATES), **facts)

    @router.post("/next")
    def next_(moderator: Named, queue: Annotated[str, Form(max_length=100)] = "") -> Response:
        """Claim the most urgent item that is for this moderator."""
        return to_next(console, moderator, queue or None)

    return router


def to_next(console: Console, moderator: str, queue: str | None = None) -> Response:
    """To the next item, now held by the moderator; to the queue where none waits."""
    lease = console.settings.review_lease_seconds
    try:
        with console.makes.begin() as session:
            item = desk.claim_next(session, moderator, lease_seconds=lease, queue=queue)
    except Rejected as refusal:
        if refusal.reason is Reason.QUEUE_EMPTY:
            return to(HOME, "queue-empty")
        raise
    return to(f"/console/items/{item.id}")


def _filters(
    state: str = "waiting",
    kind: str = "",
    queue: Annotated[str, Query(max_length=100)] = "",
    language: Annotated[str, Query(max_length=100)] = "",
    reason: Annotated[str, Query(max_length=100)] = "",
) -> Filters:
    """The filters of an address; words that are none of the lists' mean no filter."""
    return Filters(
        state=state if state in _STATES else "waiting",
        kind=kind if kind in set(ItemKind) else "",
        queue=queue,
        language=language,
        reason=reason.strip(),
    )


def _facts(
    session: Session, actor: Actor, decides: str | None, filters: Filters, after: UUID | None
) -> dict[str, Any]:
    policy = policy_in_force(session).policy
    found = _listed(session, actor, decides, filters, after)
    mine = [] if decides is None else desks.held(session, decides)
    kept = [] if decides is None else desks.kept_for(session, decides)
    return {
        "items": blinding.seen_all(session, found, decides),
        "following": found[-1].id if len(found) == _PAGE else None,
        "mine": blinding.seen_all(session, mine, decides),
        "kept": blinding.seen_all(session, kept, decides),
        "loads": desks.loads(session),
        "appeals": deadlines.waiting(session),
        "queues": [queue.name for queue in policy.queues],
        "languages": desks.languages(session),
        "kinds": list(ItemKind),
        "after": after,
        "urgency": urgency_by(policy),
    }


def _listed(
    session: Session, actor: Actor, decides: str | None, filters: Filters, after: UUID | None
) -> list[Item]:
    """A page of the list. A reason must not find what its queue hides."""
    hides = decides is not None and filters.reason != ""
    return items.list_items(
        session,
        states=_STATES[filters.state],
        kind=ItemKind(filters.kind) if filters.kind else None,
        queue=filters.queue or None,
        queues=policy_in_force(session).policy.open_queues if hides else None,
        language=filters.language or None,
        reason=filters.reason or None,
        placed_by=blinding.listed_by(session, decides),
        unless_of=actor.name,
        after=None if after is None else items.place_of(session, after),
        limit=_PAGE,
    )


def urgency_by(policy: Policy) -> Callable[[Item], float]:
    """How urgent an item is now, by a policy; for items whose priority is not hidden."""
    now = utc_now()

    def urgency(item: Item) -> float:
        return routing.urgency(item.priority or 0.0, now, policy.priority)

    return urgency
