"""What a moderator does with an item: each a form, whose answer leads to the next page."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from db.models.review import Ground, HumanLabel
from db.queries import preferences
from detector.reasons import Reason, Rejected
from worker.access.actor import Actor
from worker.access.guard import actor_of
from worker.clock import utc_now
from worker.console.console import HOME, Console, to
from worker.console.pages.items import Typed, item_page
from worker.console.pages.queue import to_next
from worker.hook.problems import status_of
from worker.review import asides, blinding, deciding, desk, grounds
from worker.review.schemas import Choice

Asking = Annotated[Actor, Depends(actor_of)]
Lease = Annotated[int, Form(ge=1, lt=2**63)]
Text = Annotated[str, Form(max_length=4000, pattern=r"^[^\x00]*$")]
ESCALATE = "escalate"
_WITHOUT_NOTE = "no note was written"


def router_for(console: Console) -> APIRouter:
    """The routes below ``/console/items/{item_id}`` that change something."""
    router = APIRouter(prefix="/console/items/{item_id}", dependencies=[Depends(console.guard)])
    _add_claiming(router, console)
    _add_opining(router, console)
    _add_deciding(router, console)
    _add_setting_aside(router, console)
    return router


def _add_claiming(router: APIRouter, console: Console) -> None:
    lease_seconds = console.settings.review_lease_seconds

    @router.post("/claim")
    def claim(item_id: UUID, actor: Asking) -> RedirectResponse:
        """Take this item."""
        with console.makes.begin() as session:
            desk.claim(session, item_id, actor.name, lease_seconds=lease_seconds)
        return to(f"/console/items/{item_id}")

    @router.post("/release")
    def release(item_id: UUID, lease_number: Lease, actor: Asking) -> RedirectResponse:
        """Give the item back undecided."""
        with console.makes.begin() as session:
            desk.release(session, item_id, actor.name, lease_number)
        return to(HOME, "released")


def _add_opining(router: APIRouter, console: Console) -> None:
    @router.post("/opinion")
    def opinion(
        item_id: UUID, lease_number: Lease, opinion: Annotated[Choice, Form()], actor: Asking
    ) -> RedirectResponse:
        """Say what one thinks before one sees what the detector says."""
        with console.makes.begin() as session:
            blinding.opine(session, item_id, actor.name, lease_number, opinion.label)
        return to(f"/console/items/{item_id}")


def _add_deciding(router: APIRouter, console: Console) -> None:
    settings = console.settings

    @router.post("/decide")
    def decide(
        *,
        request: Request,
        item_id: UUID,
        lease_number: Lease,
        decision: Annotated[Choice | None, Form()] = None,
        escalate: Annotated[bool, Form()] = False,
        ground: Annotated[Ground | None, Form()] = None,
        note: Text = "",
        also: Annotated[list[UUID] | None, Form(max_length=500)] = None,
        actor: Asking,
    ) -> Response:
        """Decide the item, or leave it to a senior, and go on to the next one."""
        note = note.strip()
        try:
            with console.makes.begin() as session:
                takes_next = preferences.of(session, actor.account_id).takes_next
                if escalate:
                    asides.escalate(session, item_id, actor.name, lease_number, why=note or _WITHOUT_NOTE)
                else:
                    deciding.decide(
                        session,
                        item_id,
                        actor.name,
                        lease_number,
                        label=_label(decision),
                        ground=ground,
                        note=note or None,
                        also=also or [],
                        undo_seconds=settings.review_undo_seconds,
                    )
        except Rejected as refusal:
            if refusal.reason not in {Reason.BAD_REQUEST, Reason.NOT_NEAR}:
                raise
            said = _refused(refusal, decision, ground)
            typed = Typed(refusal=said, note=note, ground=ground or "")
            status = status_of(refusal)
            return item_page(console, request, actor, actor.name, item_id, status=status, typed=typed)
        return (
            to_next(console, actor.name) if takes_next else to(HOME, "escalated" if escalate else "decided")
        )

    @router.post("/undo")
    def undo(item_id: UUID, lease_number: Lease, actor: Asking) -> RedirectResponse:
        """Take one's decision back; the item is claimed again."""
        with console.makes.begin() as session:
            deciding.undo(
                session,
                item_id,
                actor.name,
                lease_number,
                undo_seconds=settings.review_undo_seconds,
                lease_seconds=settings.review_lease_seconds,
            )
        return to(f"/console/items/{item_id}")


def _add_setting_aside(router: APIRouter, console: Console) -> None:
    @router.post("/skip")
    def skip(item_id: UUID, lease_number: Lease, actor: Asking, why: Text = "") -> Response:
        """Leave the item to the others, and go on to the next one."""
        with console.makes.begin() as session:
            asides.skip(session, item_id, actor.name, lease_number, why=why.strip() or _WITHOUT_NOTE)
            takes_next = preferences.of(session, actor.account_id).takes_next
            following = desk.peek_next(session, actor.name)
        # Where nothing else is left, the item itself would come back at once.
        comes_back = following is not None and following.id == item_id
        return to_next(console, actor.name) if takes_next and not comes_back else to(HOME, "skipped")

    @router.post("/hold")
    def hold(
        item_id: UUID,
        lease_number: Lease,
        hours: Annotated[float, Form(gt=0, le=720)],
        actor: Asking,
        why: Text = "",
    ) -> RedirectResponse:
        """Let the item rest."""
        until = utc_now() + timedelta(hours=hours)
        with console.makes.begin() as session:
            why = why.strip() or _WITHOUT_NOTE
            asides.hold(session, item_id, actor.name, lease_number, until=until, why=why)
        return to(HOME, "held")

    @router.post("/hand-over")
    def hand_over(
        item_id: UUID,
        lease_number: Lease,
        recipient: Annotated[str, Form(max_length=100)],
        actor: Asking,
        why: Text = "",
    ) -> RedirectResponse:
        """Keep the item for someone else."""
        with console.makes.begin() as session:
            asides.hand_over(
                session, item_id, actor.name, lease_number, to=recipient, why=why.strip() or None
            )
        return to(HOME, "handed-over")


def _refused(refusal: Rejected, decision: Choice | None, ground: Ground | None) -> str:
    """Why a decision was refused, in the words of the page where the refusal itself names codes."""
    if decision is None or ground is None or ground in grounds.GROUNDS[decision.label]:
        return refusal.message
    return grounds.unfitting(decision.label, ground)


def _label(decision: Choice | None) -> HumanLabel:
    if decision is None:
        raise Rejected(Reason.BAD_REQUEST, "no answer was chosen: press one of the four buttons")
    return decision.label
