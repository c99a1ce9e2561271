"""The states of a bundle and the steps between them: pure rules."""

from __future__ import annotations

from collections.abc import Mapping

from db.models.bundles import BundleState
from db.models.rollouts import RolloutAction
from detector.reasons import Reason, Rejected

_S, _A = BundleState, RolloutAction

STEPS: Mapping[tuple[BundleState, RolloutAction], BundleState] = {
    (_S.CANDIDATE, _A.SHADOW): _S.SHADOW,
    (_S.RETIRED, _A.SHADOW): _S.SHADOW,
    (_S.SHADOW, _A.SHADOW): _S.SHADOW,  # another share
    (_S.CANARY, _A.SHADOW): _S.SHADOW,
    (_S.SHADOW, _A.CANARY): _S.CANARY,
    (_S.CANARY, _A.CANARY): _S.CANARY,  # another share
    (_S.CANARY, _A.PROMOTE): _S.ACTIVE,
    (_S.CANDIDATE, _A.ACTIVATE): _S.ACTIVE,
    (_S.SHADOW, _A.ACTIVATE): _S.ACTIVE,
    (_S.CANARY, _A.ACTIVATE): _S.ACTIVE,
    (_S.RETIRED, _A.ACTIVATE): _S.ACTIVE,
    (_S.SHADOW, _A.HOLD): _S.SHADOW,
    (_S.CANARY, _A.HOLD): _S.SHADOW,
    (_S.SHADOW, _A.RELEASE): _S.SHADOW,
    (_S.CANDIDATE, _A.RETIRE): _S.RETIRED,
    (_S.SHADOW, _A.RETIRE): _S.RETIRED,
    (_S.CANARY, _A.ROLL_BACK): _S.RETIRED,
    (_S.ACTIVE, _A.ROLL_BACK): _S.RETIRED,
    (_S.ACTIVE, _A.REPLACE): _S.RETIRED,
    (_S.RETIRED, _A.RESTORE): _S.ACTIVE,
}
"""All steps that there are."""

ON_TRIAL = frozenset({_S.SHADOW, _S.CANARY})
"""States in which a bundle has a share of the uploads; one bundle at a time."""
_NOT_WHILE_HELD = frozenset({_A.CANARY, _A.PROMOTE, _A.ACTIVATE})
_AHEAD: Mapping[RolloutAction, str] = {
    _A.CANARY: "first let it look on: `artgate rollout shadow`",
    _A.PROMOTE: "first let it decide a share of the uploads: `artgate rollout canary`",
    _A.RELEASE: "only a shadow can be held",
    _A.RETIRE: "`artgate rollout rollback` takes back what decides",
}


def after(state: BundleState, action: RolloutAction, *, held: bool = False) -> BundleState:
    """The state to which a step leads.

    Args:
        state: in which the bundle is.
        action: what is to be done with it.
        held: whether it may not go on before someone has released it.

    Raises:
        Rejected: ``step_refused``: there is no such step from there.
    """
    led = STEPS.get((state, action))
    if led is None:
        hint = _AHEAD.get(action, "`artgate rollout status` shows what is where")
        raise Rejected(Reason.STEP_REFUSED, f"no step {action} leads from {state}; {hint}")
    if held and action in _NOT_WHILE_HELD:
        raise Rejected(
            Reason.STEP_REFUSED,
            "the bundle is held: see why with `artgate rollout status`, and release it first",
        )
    return led
