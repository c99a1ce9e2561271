"""Steps in the database: who answers, what replaces what, and what the audit log says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from db.models import AuditEntry, Bundle, BundleState, RolloutAction, RolloutStep
from db.models.accounts import Role
from db.models.bundles import DEFAULT_NAME
from db.queries import accounts, bundles, rollouts
from detector.reasons import Reason, Rejected
from tests.worker.access.people import account
from tests.worker.inbox import Sessions
from tests.worker.rollout.conftest import Register
from worker.rollout import steps
from worker.rollout.states import STEPS

A, S = RolloutAction, BundleState


def take(
    sessions: Sessions, action: RolloutAction, bundle_id: str, share: float | None = None
) -> BundleState:
    with sessions.begin() as session:
        return steps.take(session, action, bundle_id, person="ada", reason="tried it", share=share)


def state_of(sessions: Sessions, bundle_id: str) -> BundleState:
    with sessions() as session:
        found = bundles.get(session, bundle_id)
    assert found is not None
    return found.state


def test_a_bundle_goes_the_whole_way_and_each_step_is_logged_with_who_and_why(
    sessions: Sessions, active: str, registered: Register
) -> None:
    trial = registered(1)
    take(sessions, A.SHADOW, trial, 1.0)
    take(sessions, A.CANARY, trial, 0.1)
    take(sessions, A.CANARY, trial, 0.5)
    assert take(sessions, A.PROMOTE, trial) is S.ACTIVE
    assert (state_of(sessions, active), state_of(sessions, trial)) == (S.RETIRED, S.ACTIVE)
    with sessions() as session:
        taken = rollouts.steps(session, limit=10)
        logged = list(session.scalars(select(AuditEntry).where(AuditEntry.kind == "rollout").order_by("id")))
    assert [(step.action, step.share) for step in reversed(taken)] == [
        (A.SHADOW, 1.0),
        (A.CANARY, 0.1),
        (A.CANARY, 0.5),
        (A.REPLACE, None),
        (A.PROMOTE, None),
    ]
    assert {(step.person, step.reason) for step in taken} == {("ada", "tried it")}
    assert [entry.body["action"] for entry in logged] == [step.action for step in reversed(taken)]
    assert all(entry.body["person"] and entry.body["note"] for entry in logged)
    assert "ada" not in str([entry.body for entry in logged]), "the log holds pseudonyms and digests"


def test_a_roll_back_takes_the_canary_first_then_the_bundle_that_judges(
    sessions: Sessions, active: str, registered: Register
) -> None:
    """And goes back as far as there is something to go back to."""
    second, third = registered(1), registered(2)
    for each in (second, third):
        take(sessions, A.SHADOW, each, 1.0)
        take(sessions, A.CANARY, each, 0.5)
        if each is second:
            take(sessions, A.PROMOTE, each)

    def roll_back() -> tuple[str, str | None]:
        with sessions.begin() as session:
            return steps.roll_back(session, person="ada", reason="it accuses too many")

    assert roll_back() == (third, second)
    assert (state_of(sessions, third), state_of(sessions, second)) == (S.RETIRED, S.ACTIVE)
    assert roll_back() == (second, active)
    assert state_of(sessions, active) is S.ACTIVE
    assert roll_back() == (active, None), "the bundle of the settings judges again"
    with pytest.raises(Rejected, match="the one of the settings judges"):
        roll_back()


def test_a_bundle_that_looked_on_again_is_still_the_one_that_judged_before(
    sessions: Sessions, active: str, registered: Register
) -> None:
    second = registered(1)
    take(sessions, A.ACTIVATE, second)
    take(sessions, A.SHADOW, active, 1.0)
    take(sessions, A.RETIRE, active)
    with sessions.begin() as session:
        assert steps.roll_back(session, person="ada", reason="worse") == (second, active)


def test_one_bundle_at_a_time_is_on_trial(sessions: Sessions, active: str, registered: Register) -> None:
    first, second = registered(1), registered(2)
    take(sessions, A.SHADOW, first, 1.0)
    with pytest.raises(Rejected, match="one bundle at a time") as refused:
        take(sessions, A.SHADOW, second, 1.0)
    assert "artgate rollout retire" in refused.value.message
    assert state_of(sessions, second) is S.CANDIDATE


@pytest.mark.parametrize(
    ("person", "reason", "share"),
    [
        ("", "why", 0.5),
        ("ada", "  ", 0.5),
        ("ada", "x" * 2001, 0.5),
        ("ada", "why", 0.0),
        ("ada", "why", 1.5),
    ],
)
def test_a_step_needs_a_name_a_reason_and_a_share(
    sessions: Sessions, registered: Register, person: str, reason: str, share: float
) -> None:
    trial = registered(1)
    with pytest.raises(Rejected) as refused, sessions.begin() as session:
        steps.take(session, A.SHADOW, trial, person=person, reason=reason, share=share)
    assert refused.value.reason is Reason.STEP_REFUSED
    assert state_of(sessions, trial) is S.CANDIDATE


@pytest.mark.parametrize("role", [*Role])
def test_only_an_admin_that_may_be_used_answers_for_a_step(sessions: Sessions, role: Role) -> None:
    name = account(sessions, role)
    with sessions() as session:
        if role is Role.ADMIN:
            assert steps.admin_named(session, name) == name
        else:
            with pytest.raises(Rejected, match="no account of an admin"):
                steps.admin_named(session, name)
    with sessions.begin() as session:
        found = accounts.by_name(session, name)
        assert found is not None
        accounts.disable(session, found.id)
    with sessions() as session, pytest.raises(Rejected):
        steps.admin_named(session, name)


def test_a_held_bundle_decides_nothing_until_it_is_released(
    sessions: Sessions, active: str, registered: Register
) -> None:
    trial = registered(1)
    take(sessions, A.SHADOW, trial, 1.0)
    take(sessions, A.CANARY, trial, 0.5)
    with sessions.begin() as session:
        assert steps.hold(session, trial, {"said": ["too many"]})
        assert not steps.hold(session, trial, {"said": ["again"]}), "it is held once"
    assert state_of(sessions, trial) is S.SHADOW
    for action in (A.CANARY, A.ACTIVATE):
        with pytest.raises(Rejected, match="release it first"):
            take(sessions, action, trial, 0.5)
    take(sessions, A.SHADOW, trial, 0.2)
    with sessions() as session:
        found = bundles.on_trial(session, DEFAULT_NAME)
    assert found is not None
    assert found.held_at is not None, "another share does not lift it"
    take(sessions, A.RELEASE, trial)
    assert take(sessions, A.CANARY, trial, 0.5) is S.CANARY


def test_steps_can_be_neither_changed_nor_unsigned(sessions: Sessions, registered: Register) -> None:
    """By SQL either, and a state that is moved by hand is logged."""
    trial = registered(1)
    take(sessions, A.SHADOW, trial, 1.0)
    with pytest.raises(Exception, match="append"), sessions.begin() as session:
        session.execute(update(RolloutStep).values(person="eve"))
    unsigned = (
        "INSERT INTO rollout_steps (bundle_id, action, from_state, to_state)"
        " VALUES (:id, 'promote', 'canary', 'active')"
    )
    with pytest.raises(Exception, match="named_and_reasoned"), sessions.begin() as session:
        session.execute(text(unsigned), {"id": trial})
    with sessions.begin() as session:
        session.execute(update(Bundle).where(Bundle.id == trial).values(state="retired", share=None))
    with sessions() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.kind, last.body["id"], last.body["state"]) == ("bundle", trial, "retired")


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(RolloutAction), st.integers(0, 2), st.sampled_from([0.1, 1.0])), max_size=12
    )
)
def test_whatever_is_asked_the_database_holds_allowed_steps_and_one_of_each_only(
    sessions: Sessions, registered: Register, asked: list[tuple[RolloutAction, int, float]]
) -> None:
    """At most one bundle judges, at most one is on trial, and every step is one of the table."""
    ids = [registered(seed) for seed in range(3)]
    for action, which, share in asked:
        try:
            take(sessions, action, ids[which], share)
        except Rejected:
            continue
    with sessions() as session:
        placed = [each.state for each in bundles.placed(session, DEFAULT_NAME)]
        taken = rollouts.steps(session, limit=10_000)
    assert placed.count(S.ACTIVE) <= 1
    assert len(placed) - placed.count(S.ACTIVE) <= 1
    assert all(STEPS[step.from_state, step.action] is step.to_state for step in taken)
