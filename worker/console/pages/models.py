"""``/console/models``: what judges, what is on trial, what that would change, and the steps of a roll-out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from db.models.bundles import DEFAULT_NAME, BundleState
from db.models.preferences import Blur
from db.models.rollouts import RolloutAction
from db.queries import audited, bundles, preferences, rollouts
from db.queries.bundles import StoredBundle
from db.queries.comparisons import Changed
from detector.reasons import Rejected
from worker.access.actor import Actor
from worker.access.guard import actor_of
from worker.access.permissions import Permission, may
from worker.console.console import Console, to
from worker.console.pictures.subject import Subject, SubjectKind, Variant
from worker.hook.problems import status_of
from worker.review.placing import policy_in_force
from worker.rollout import steps
from worker.rollout.comparison import Comparison, Way, compare
from worker.rollout.states import ON_TRIAL, STEPS

MODELS = "/console/models"
Asking = Annotated[Actor, Depends(actor_of)]
Reason = Annotated[str, Form(max_length=2000)]
Share = Annotated[float | None, Form(gt=0, le=100)]
Take: TypeAlias = Callable[[Session], None]
_STEPS = 20
_DAY = 86_400.0
_BY_FORM = (
    RolloutAction.CANARY,
    RolloutAction.PROMOTE,
    RolloutAction.HOLD,
    RolloutAction.RELEASE,
    RolloutAction.SHADOW,
    RolloutAction.RETIRE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture that would move, with what shows it."""

    changed: Changed
    thumb_url: str | None
    """None where it is gone, or not for who looks."""


def router_for(console: Console) -> APIRouter:
    """The page, and its forms."""
    router = APIRouter(prefix=MODELS, dependencies=[Depends(console.guard)])

    @router.get("")
    def page(request: Request, actor: Asking) -> Response:
        """The page."""
        return _page(console, request, actor)

    @router.post("/step")
    def step(
        request: Request,
        actor: Asking,
        action: Annotated[RolloutAction, Form(alias="step")],
        percent: Share = None,
        reason: Reason = "",
    ) -> Response:
        """Take a step with the bundle on trial."""

        def take(session: Session) -> None:
            trial = bundles.on_trial(session, DEFAULT_NAME)
            bundle_id = "" if trial is None else trial.id
            _take(session, actor, action, bundle_id, percent=percent, reason=reason)

        return _taken(console, request, actor, take, "step-taken")

    @router.post("/trial")
    def trial(
        request: Request,
        actor: Asking,
        bundle_id: Annotated[str, Form(max_length=64)] = "",
        percent: Share = None,
        reason: Reason = "",
    ) -> Response:
        """Let a registered bundle look on."""

        def take(session: Session) -> None:
            _take(session, actor, RolloutAction.SHADOW, bundle_id, percent=percent, reason=reason)

        return _taken(console, request, actor, take, "step-taken")

    @router.post("/rollback")
    def rollback(request: Request, actor: Asking, reason: Reason = "") -> Response:
        """Take back what decides."""

        def take(session: Session) -> None:
            steps.roll_back(session, person=actor.name, reason=reason)

        return _taken(console, request, actor, take, "rolled-back")

    return router


def _take(
    session: Session,
    actor: Actor,
    action: RolloutAction,
    bundle_id: str,
    *,
    percent: float | None,
    reason: str,
) -> None:
    share = None if percent is None else percent / 100
    steps.take(session, action, bundle_id, person=actor.name, reason=reason, share=share)


def _taken(console: Console, request: Request, actor: Actor, take: Take, said: str) -> Response:
    """Take a step and go back to the page; what is refused is said there."""
    try:
        with console.makes.begin() as session:
            take(session)
    except Rejected as refusal:
        return _page(console, request, actor, status_of(refusal), refusal.message)
    return to(MODELS, said)


def _page(
    console: Console, request: Request, actor: Actor, status: int = 200, refusal: str | None = None
) -> Response:
    with console.makes() as session:
        known = [each for each in bundles.registered(session) if each.name == DEFAULT_NAME]
        trial = next((each for each in known if each.state in ON_TRIAL), None)
        policy = policy_in_force(session).policy
        days = policy.rollout.days
        comparison = None if trial is None else compare(session)
        facts = {
            "bundles": known,
            "trial": trial,
            "audits": {
                each.id: audited.of_bundle(session, each.id, within_seconds=days * _DAY)
                for each in known
                if each.state in {*ON_TRIAL, BundleState.ACTIVE}
            },
            "audit_days": days,
            "drawn_share": policy.audit.synthetic_share,
            "comparison": comparison,
            "pictures": [] if comparison is None else _pictures(console, session, actor, comparison),
            "taken": rollouts.steps(session, limit=_STEPS),
        }
    return console.page(
        request,
        "models.html",
        status=status,
        refusal=refusal,
        acts=may(actor.role, Permission.ROLL_OUT),
        offered=_offered(trial),
        waiting=[each for each in known if each.state in {BundleState.CANDIDATE, BundleState.RETIRED}],
        judges=any(each.state in {BundleState.ACTIVE, BundleState.CANARY} for each in known),
        **facts,
    )


def _offered(trial: StoredBundle | None) -> list[RolloutAction]:
    """The steps that the bundle on trial could take now."""
    if trial is None:
        return []
    held = trial.held_at is not None
    stopped = {RolloutAction.CANARY, RolloutAction.HOLD} if held else {RolloutAction.RELEASE}
    return [action for action in _BY_FORM if (trial.state, action) in STEPS and action not in stopped]


def _pictures(
    console: Console, session: Session, actor: Actor, comparison: Comparison
) -> list[tuple[Way, list[Shown]]]:
    """The pictures that would move; shown to those alone who decide none of them.

    Who reviews would learn from this page what bundles say of a picture that may yet be their next item.
    """
    if may(actor.role, Permission.WORK_QUEUE):
        return []
    blurs = preferences.of(session, actor.account_id).blur is Blur.ALWAYS
    variant = Variant.BLURRED if blurs else Variant.THUMB

    def shown(changed: Changed) -> Shown:
        subject = Subject(kind=SubjectKind.IMAGE, id=changed.image_id)
        url = None if changed.removed else console.sources.links.mint(subject, variant, actor.name)
        return Shown(changed=changed, thumb_url=url)

    return [(way, [shown(each) for each in moved]) for way, moved in comparison.changed]
