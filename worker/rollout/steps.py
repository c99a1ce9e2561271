"""Takes a bundle from one state to another, in one transaction, with who answers for it and why."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from db.models.accounts import Role
from db.models.bundles import DEFAULT_NAME, BundleState
from db.models.rollouts import RolloutAction
from db.queries import accounts, bundles, notes, rollouts
from db.queries.bundles import StoredBundle
from db.queries.rollouts import NewStep
from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.rollout.states import ON_TRIAL, after

_LONGEST_REASON = 2000
_SPEAKS = frozenset({RolloutAction.PROMOTE, RolloutAction.ACTIVATE, RolloutAction.RESTORE})


def admin_named(session: Session, name: str) -> str:
    """The name of an admin who may answer for a step.

    Raises:
        Rejected: ``forbidden``: there is no enabled account of an admin of that name.
    """
    account = accounts.by_name(session, name.strip())
    if account is None or not account.enabled or account.role is not Role.ADMIN:
        raise Rejected(
            Reason.FORBIDDEN,
            f"{name!r} is no account of an admin that may be used; `artgate accounts list` shows them,"
            " `artgate accounts add NAME --role admin` makes one",
        )
    return account.name


def take(
    session: Session,
    action: RolloutAction,
    bundle_id: str,
    *,
    person: str,
    reason: str,
    share: float | None = None,
) -> BundleState:
    """Take one step. Returns the state that the bundle is in now.

    Args:
        session: in a transaction, at whose end the step counts.
        action: what is done.
        bundle_id: with which bundle.
        person: who answers for it.
        reason: why.
        share: of the uploads that it shall look at or decide, in (0, 1], where it goes on trial.

    Raises:
        Rejected: ``step_refused``: there is no such step from where the bundle is, or nobody, no
            reason or no share is stated.
    """
    why = _reason(reason)
    if not person.strip():
        raise Rejected(Reason.STEP_REFUSED, "say who answers for this step")
    bundles.lock(session, DEFAULT_NAME)
    bundle = _known(session, bundle_id)
    state = after(bundle.state, action, held=bundle.held_at is not None)
    part = _share(bundle, action, state, share)
    if state in ON_TRIAL:
        _alone(session, bundle)
    if action in _SPEAKS:
        _replace(session, bundle_id, person, why)
    else:
        bundles.move(session, bundle_id, state, share=part, held=_stays_held(bundle, action))
    _record(session, bundle, action, state, share=part, person=person, why=why)
    return state


def hold(session: Session, bundle_id: str, finding: dict[str, Any]) -> bool:
    """Hold a bundle for what its audit has found, without a person. False where it is held or on no trial."""
    bundles.lock(session, DEFAULT_NAME)
    bundle = _known(session, bundle_id)
    if bundle.state not in ON_TRIAL or bundle.held_at is not None:
        return False
    state = after(bundle.state, RolloutAction.HOLD)
    bundles.move(session, bundle_id, state, share=bundle.share, held=True)
    _record(session, bundle, RolloutAction.HOLD, state, share=bundle.share, finding=finding)
    return True


def roll_back(session: Session, *, person: str, reason: str) -> tuple[str, str | None]:
    """Take back what decides: the canary where there is one, else the active bundle.

    Returns:
        The id of what was taken back, and of the bundle that decides in its place; None where that is the one
        that the settings name.

    Raises:
        Rejected: ``step_refused``: nothing was rolled out.
    """
    bundles.lock(session, DEFAULT_NAME)
    trial, active = bundles.on_trial(session, DEFAULT_NAME), bundles.active(session, DEFAULT_NAME)
    if trial is not None and trial.state is BundleState.CANARY:
        take(session, RolloutAction.ROLL_BACK, trial.id, person=person, reason=reason)
        return trial.id, None if active is None else active.id
    if active is None:
        raise Rejected(Reason.STEP_REFUSED, "no bundle was rolled out: the one of the settings judges")
    before = rollouts.spoke_before(session, DEFAULT_NAME)
    take(session, RolloutAction.ROLL_BACK, active.id, person=person, reason=reason)
    if before is not None:
        take(session, RolloutAction.RESTORE, before, person=person, reason=reason)
    return active.id, before


def _replace(session: Session, bundle_id: str, person: str, why: str) -> None:
    """Let the bundle speak, and note that the one that spoke no longer does."""
    spoke = bundles.active(session, DEFAULT_NAME)
    bundles.activate(session, bundle_id)
    if spoke is not None:
        _record(
            session, spoke, RolloutAction.REPLACE, BundleState.RETIRED, share=None, person=person, why=why
        )


def _known(session: Session, bundle_id: str) -> StoredBundle:
    bundle = bundles.get(session, bundle_id)
    if bundle is None:
        raise Rejected(
            Reason.STEP_REFUSED,
            f"no bundle {bundle_id[:12]} is registered; `artgate rollout shadow PATH` does it",
        )
    return bundle


def _alone(session: Session, bundle: StoredBundle) -> None:
    other = bundles.on_trial(session, DEFAULT_NAME)
    if other is not None and other.id != bundle.id:
        raise Rejected(
            Reason.STEP_REFUSED,
            f"{other.id[:12]} is on trial as a {other.state}; one bundle at a time: end that first with"
            f" `artgate rollout {'rollback' if other.state is BundleState.CANARY else 'retire'}`",
        )


def _share(
    bundle: StoredBundle, action: RolloutAction, state: BundleState, share: float | None
) -> float | None:
    if state not in ON_TRIAL:
        return None
    stays = share is None or action in {RolloutAction.HOLD, RolloutAction.RELEASE}
    part = bundle.share if stays else share
    if part is None or not 0 < part <= 1:
        raise Rejected(Reason.STEP_REFUSED, "the share of the uploads lies above 0 and up to 1, such as 0.05")
    return part


def _stays_held(bundle: StoredBundle, action: RolloutAction) -> bool:
    if action is RolloutAction.HOLD:
        return True
    return action is RolloutAction.SHADOW and bundle.held_at is not None


def _reason(reason: str) -> str:
    why = reason.strip()
    if not why or len(why) > _LONGEST_REASON:
        raise Rejected(
            Reason.STEP_REFUSED, f"give the reason for this step, in up to {_LONGEST_REASON:,} letters"
        )
    return why


def _record(
    session: Session,
    bundle: StoredBundle,
    action: RolloutAction,
    state: BundleState,
    *,
    share: float | None,
    person: str | None = None,
    why: str | None = None,
    finding: dict[str, Any] | None = None,
) -> None:
    rollouts.record(
        session,
        NewStep(
            bundle_id=bundle.id,
            action=action,
            from_state=bundle.state,
            to_state=state,
            share=share,
            person=person,
            finding=finding,
            note_id=notes.write(session, why, new_id),
        ),
    )
