"""What holds a bundle on trial, counted by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import insert, select

from db.engine import make_engine, make_sessions
from db.models import AuditEntry, BundleState, HumanLabel, KnownAnswer, RolloutAction, VerdictLabel
from db.models.bundles import DEFAULT_NAME
from db.queries import audited, bundles, policies, rollouts
from db.queries.audited import Audited
from deploy.local.launch import free_port
from tests.db import factories
from tests.worker.inbox import Sessions, wait_until
from tests.worker.monitoring.catalogue import value
from tests.worker.review import test_sampling as lots
from tests.worker.rollout.rows import look_on
from worker.clock import new_id
from worker.monitoring.rollouts import RolloutMetrics
from worker.review.policy import Policy
from worker.rollout import steps
from worker.rollout.bounds import RolloutBounds
from worker.rollout.watch import RolloutWatch, passed
from worker.settings import Settings
from worker.sweeper import run

TRIAL = "ab" * 32
DAY = 86_400.0
BOUNDS = RolloutBounds(
    false_accusations=0.1,
    least_accusations=10,
    drawn_accusations=0.1,
    least_drawn=10,
    known_accusations=0.1,
    least_known=10,
)
CALLED = {"label": VerdictLabel.SYNTHETIC, "label_before_veto": VerdictLabel.SYNTHETIC, "probability": 0.9}


class Hours:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Of a database in which a bundle is a canary."""
    engine = make_engine(new_database(), pooled=False)
    made = make_sessions(engine)
    with made.begin() as session:
        bundles.register(session, TRIAL, name=DEFAULT_NAME, manifest={}, location="nowhere")
        for action in (RolloutAction.SHADOW, RolloutAction.CANARY):
            steps.take(session, action, TRIAL, person="ada", reason="tried", share=0.5)
    yield made
    engine.dispose()


def accuse(sessions: Sessions, decided: HumanLabel | None = None) -> UUID:
    """A picture that the bundle on trial called SYNTHETIC, and what people decided of it. Gives its image."""
    with sessions.begin() as session:
        image = factories.image(session)
        factories.verdict(session, image, TRIAL, **CALLED)
        if decided is not None:
            item = factories.item(session, image_id=image)
            factories.opinion(session, item, image_id=image, label=decided)
    return image


def know(sessions: Sessions, label: HumanLabel, *, shadow: VerdictLabel) -> None:
    """A picture whose answer is known, of which the bundle would have said something."""
    with sessions.begin() as session:
        image = factories.image(session)
        verdict = factories.verdict(session, image)
        session.execute(
            insert(KnownAnswer).values(id=new_id(), image_id=image, verdict_id=verdict, label=label)
        )
        look_on(session, image, verdict, TRIAL, shadow)


def state_of(sessions: Sessions) -> tuple[BundleState, bool]:
    with sessions() as session:
        found = bundles.get(session, TRIAL)
    assert found is not None
    return found.state, found.held_at is not None


def watching(sessions: Sessions, registry: CollectorRegistry, clock: Hours | None = None) -> RolloutWatch:
    return RolloutWatch(sessions, lambda _: BOUNDS, RolloutMetrics(registry), clock=clock or Hours())


def test_the_audit_counts_what_people_overturned_and_what_is_known(sessions: Sessions) -> None:
    """Not what they left open, upheld, or were asked to test them."""
    for decided in (HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL, None, None):
        accuse(sessions, decided)
    know(sessions, HumanLabel.GENUINE, shadow=VerdictLabel.SYNTHETIC)
    know(sessions, HumanLabel.GENUINE, shadow=VerdictLabel.GENUINE)
    know(sessions, HumanLabel.SYNTHETIC, shadow=VerdictLabel.SYNTHETIC)
    with sessions() as session:
        found = audited.of_bundle(session, TRIAL, within_seconds=DAY)
        other = audited.of_bundle(session, "cd" * 32, within_seconds=DAY)
    assert found == Audited(accusations=5, overturned=1, drawn=0, drawn_wrong=0, known=2, known_accused=1)
    assert other == Audited(accusations=0, overturned=0, drawn=0, drawn_wrong=0, known=0, known_accused=0)


def test_a_canary_that_accuses_too_many_is_held_by_itself(sessions: Sessions) -> None:
    """It goes back to looking on, the log says for what, and the metrics tell."""
    registry = CollectorRegistry()
    accuse(sessions, HumanLabel.GENUINE)
    watching(sessions, registry).round()
    assert state_of(sessions) == (BundleState.CANARY, False), "one in ten is just what the bounds allow"
    accuse(sessions, HumanLabel.GENUINE)
    watching(sessions, registry := CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.SHADOW, True)
    with sessions() as session:
        (held, *_) = rollouts.steps(session, limit=1)
        logged = session.scalars(select(AuditEntry).where(AuditEntry.kind == "rollout")).all()[-1]
    assert (held.action, held.person) == (RolloutAction.HOLD, None)
    assert held.finding is not None
    assert held.finding["said"] == ["people overturned 2 of 2 SYNTHETIC verdicts"]
    assert logged.body["finding"] == held.finding
    assert registry.get_sample_value("artgate_rollout_held") == 1
    assert registry.get_sample_value("artgate_false_accusations_over_bound", {"state": "canary"}) == 1


def test_a_canary_is_held_by_what_the_lot_put_before_people(sessions: Sessions) -> None:
    """Two of thirty are overturned, which is little; but people were asked about four, and two were wrong."""
    with sessions.begin() as session:
        asked = [lots.verdict(session, VerdictLabel.SYNTHETIC, TRIAL) for _ in range(5)]
        lots.draw(session)
        items = [lots.sampled(session)[each].item_id for each in asked]
        for item, label in zip(
            items, (HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL), strict=False
        ):
            lots.decide(session, item, label)
    for _ in range(25):
        accuse(sessions)
    with sessions() as session:
        found = audited.of_bundle(session, TRIAL, within_seconds=DAY)
    assert (found.accusations, found.drawn, found.drawn_wrong) == (30, 2, 1), "one was not told, two wait"
    watching(sessions, CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.CANARY, False)
    with sessions.begin() as session:
        for item, label in zip(items[3:], (HumanLabel.GENUINE, HumanLabel.SYNTHETIC), strict=True):
            lots.decide(session, item, label)
    watching(sessions, registry := CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.SHADOW, True)
    with sessions() as session:
        (held, *_) = rollouts.steps(session, limit=1)
    assert held.finding is not None
    assert held.finding["said"] == [
        "people found 2 of 4 SYNTHETIC verdicts that were drawn by lot to be genuine"
    ]
    labels = {"state": "canary", "basis": "drawn"}
    assert registry.get_sample_value("artgate_false_accusations_ratio", labels) == 0.5


def test_a_shadow_that_accuses_pictures_known_to_be_genuine_is_held(sessions: Sessions) -> None:
    for _ in range(2):
        know(sessions, HumanLabel.GENUINE, shadow=VerdictLabel.SYNTHETIC)
    with sessions.begin() as session:
        steps.take(session, RolloutAction.SHADOW, TRIAL, person="ada", reason="look on first")
    watching(sessions, CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.SHADOW, True)


def test_after_a_release_the_audit_counts_anew(sessions: Sessions) -> None:
    for _ in range(2):
        accuse(sessions, HumanLabel.GENUINE)
    watching(sessions, CollectorRegistry()).round()
    with sessions.begin() as session:
        steps.take(session, RolloutAction.RELEASE, TRIAL, person="ada", reason="looked at both: copies")
    with sessions.begin() as session:
        steps.take(session, RolloutAction.CANARY, TRIAL, person="ada", reason="once more", share=0.1)
    watching(sessions, CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.CANARY, False)
    for _ in range(2):
        accuse(sessions, HumanLabel.GENUINE)
    watching(sessions, CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.SHADOW, True)


def test_the_bundle_that_judges_is_told_of_and_never_held(sessions: Sessions) -> None:
    """Nothing is put in its place without a person."""
    with sessions.begin() as session:
        steps.take(session, RolloutAction.PROMOTE, TRIAL, person="ada", reason="good enough")
    for _ in range(2):
        accuse(sessions, HumanLabel.GENUINE)
    watching(sessions, registry := CollectorRegistry()).round()
    assert state_of(sessions) == (BundleState.ACTIVE, False)
    labels = {"state": "active"}
    assert registry.get_sample_value("artgate_false_accusations_over_bound", labels) == 1
    share = registry.get_sample_value("artgate_false_accusations_ratio", labels | {"basis": "overturned"})
    assert share == 1.0


def test_the_database_is_asked_every_five_minutes(sessions: Sessions) -> None:
    clock = Hours()
    watch = watching(sessions, CollectorRegistry(), clock)
    watch.round()
    for _ in range(2):
        accuse(sessions, HumanLabel.GENUINE)
    clock.now = 299.0
    watch.round()
    assert state_of(sessions) == (BundleState.CANARY, False)
    clock.now = 300.0
    watch.round()
    assert state_of(sessions) == (BundleState.SHADOW, True)


def test_a_running_sweeper_holds_by_the_policy_in_force(sessions: Sessions, settings: Settings) -> None:
    """And tells of it on its port."""
    with sessions.begin() as session:
        policies.append(session, Policy(rollout=BOUNDS).model_dump(mode="json"))
        url = session.get_bind().engine.url.render_as_string(hide_password=False)
    for _ in range(2):
        accuse(sessions, HumanLabel.GENUINE)
    own = {"database_url": SecretStr(url), "sweep_interval": 0.05, "monitor_port": free_port()}
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(settings.model_copy(update=own), stop))
    thread.start()
    try:
        wait_until(lambda: state_of(sessions) == (BundleState.SHADOW, True), "the hold")
        wait_until(lambda: told(own["monitor_port"]) == 1, "the metric")
    finally:
        stop.set()
        thread.join()


def told(port: object) -> float | None:
    """What the sweeper's metrics say of the hold."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False, timeout=20).text
    return value(page, "artgate_rollout_held")


@given(st.integers(0, 10_000), st.data())
def test_more_that_is_overturned_never_lifts_a_hold_and_more_that_stands_never_brings_one(
    accusations: int, data: st.DataObject
) -> None:
    overturned = data.draw(st.integers(0, accusations))
    drawn, known = (data.draw(st.integers(0, 10_000)) for _ in range(2))
    wrong, accused = (data.draw(st.integers(0, many)) for many in (drawn, known))

    def audit(more: int, of_them_wrong: int) -> Audited:
        return Audited(
            accusations=accusations + more,
            overturned=overturned + of_them_wrong,
            drawn=drawn + more,
            drawn_wrong=wrong + of_them_wrong,
            known=known + more,
            known_accused=accused + of_them_wrong,
        )

    found, worse, better = audit(0, 0), audit(1, 1), audit(1, 0)
    assert len(passed(better, BOUNDS)) <= len(passed(found, BOUNDS)) <= len(passed(worse, BOUNDS))
