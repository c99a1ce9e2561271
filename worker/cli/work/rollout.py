"""Takes bundles through the steps of a roll-out, and says where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import typer
from sqlalchemy.orm import Session

from db.models.bundles import DEFAULT_NAME, BundleState
from db.models.rollouts import RolloutAction
from db.queries import audited, bundles, rollouts
from db.queries.audited import Audited
from db.queries.bundles import StoredBundle
from db.queries.rollouts import Step
from detector.reasons import Reason, Rejected
from worker.cli.output import Format, json_line, print_records
from worker.cli.work.wiring import installation
from worker.review.placing import policy_in_force
from worker.rollout import steps

_DAY = 86_400.0
_STEPS = 20
_UNDRAWN = """\
no SYNTHETIC verdict is put before people by lot: only what they overturn and known answers can hold a bundle;
set a share in the policy, audit: synthetic_share (`artgate policy show`)"""


def status(format_: Format) -> None:
    """Print what judges, what is on trial, and the newest steps."""
    with installation() as (_, sessions), sessions() as session:
        policy = policy_in_force(session).policy
        days = policy.rollout.days
        known = [each for each in bundles.registered(session) if each.name == DEFAULT_NAME]
        found = {
            each.id: audited.of_bundle(session, each.id, within_seconds=days * _DAY)
            for each in known
            if each.state not in {BundleState.CANDIDATE, BundleState.RETIRED}
        }
        taken = rollouts.steps(session, limit=_STEPS)
    if format_ is Format.JSONL:
        for bundle in known:
            audit = found.get(bundle.id)
            typer.echo(json_line(_facts(bundle) | {"audited": None if audit is None else asdict(audit)}))
        return
    rows = [_facts(bundle) | _audit(found.get(bundle.id)) for bundle in known]
    if not rows:
        typer.echo("no bundle is registered yet; a worker registers the one of its settings when it starts")
        return
    if BundleState.ACTIVE not in {bundle.state for bundle in known}:
        typer.echo("no bundle was activated: the one of the workers' settings judges\n")
    print_records(rows, format_, tuple(rows[0]), title="bundles")
    if not policy.audit.synthetic_share:
        typer.echo(_UNDRAWN)
    if taken:
        typer.echo()
        steps_taken = [*_told(taken)]
        print_records(steps_taken, format_, tuple(steps_taken[0]), title="steps, the newest first")


def canary(share: float, by: str, reason: str) -> None:
    """Let the bundle on trial decide a share."""
    bundle_id = _of_trial(RolloutAction.CANARY, by, reason, share)
    typer.echo(f"bundle {bundle_id} decides {share:.1%} of the uploads from the next scan on")


def promote(by: str, reason: str) -> None:
    """Let the canary judge alone."""
    typer.echo(f"bundle {_of_trial(RolloutAction.PROMOTE, by, reason)} judges from the next scan on")


def hold(by: str, reason: str) -> None:
    """Hold the bundle on trial."""
    typer.echo(f"bundle {_of_trial(RolloutAction.HOLD, by, reason)} is held: it decides nothing")


def release(by: str, reason: str) -> None:
    """Let a held bundle go on."""
    typer.echo(f"bundle {_of_trial(RolloutAction.RELEASE, by, reason)} may become a canary again")


def retire(by: str, reason: str) -> None:
    """End a shadow's trial."""
    typer.echo(f"bundle {_of_trial(RolloutAction.RETIRE, by, reason)} no longer looks on")


def rollback(by: str, reason: str) -> None:
    """Take back what decides."""
    with installation() as (_, sessions), sessions.begin() as session:
        person = steps.admin_named(session, by)
        taken, instead = steps.roll_back(session, person=person, reason=reason)
    judges = "the bundle of the workers' settings" if instead is None else f"bundle {instead}"
    typer.echo(f"bundle {taken} was taken back; {judges} judges from the next scan on")


def trial_of(session: Session) -> StoredBundle:
    """The bundle on trial.

    Raises:
        Rejected: ``step_refused``: there is none.
    """
    trial = bundles.on_trial(session, DEFAULT_NAME)
    if trial is None:
        raise Rejected(
            Reason.STEP_REFUSED, "no bundle is on trial; `artgate rollout shadow PATH` puts one on trial"
        )
    return trial


def _of_trial(action: RolloutAction, by: str, reason: str, share: float | None = None) -> str:
    """Take a step with the bundle on trial. Returns its id."""
    with installation() as (_, sessions), sessions.begin() as session:
        trial = trial_of(session)
        person = steps.admin_named(session, by)
        steps.take(session, action, trial.id, person=person, reason=reason, share=share)
    return trial.id


def _facts(bundle: StoredBundle) -> dict[str, object]:
    return {
        "id": bundle.id,
        "name": bundle.manifest.get("name"),
        "state": f"{bundle.state}, held" if bundle.held_at else bundle.state.value,
        "share": bundle.share,
        "activated": None if bundle.activated_at is None else f"{bundle.activated_at:%Y-%m-%d %H:%M}",
    }


def _audit(found: Audited | None) -> dict[str, object]:
    if found is None:
        return {"overturned": None, "drawn and genuine": None, "known genuine accused": None}
    return {
        "overturned": f"{found.overturned} of {found.accusations}",
        "drawn and genuine": f"{found.drawn_wrong} of {found.drawn}",
        "known genuine accused": f"{found.known_accused} of {found.known}",
    }


def _told(taken: Iterable[Step]) -> Iterable[dict[str, object]]:
    for step in taken:
        said = step.reason or "; ".join((step.finding or {}).get("said", ()))
        yield {
            "when": f"{step.created_at:%Y-%m-%d %H:%M}",
            "bundle": step.bundle_id[:12],
            "step": step.action.value,
            "led": f"{step.from_state} to {step.to_state}",
            "share": step.share,
            "by": step.person or "artgate",
            "why": said or None,
        }
