"""The plans of the queries that run for every upload, every moderator and every page, on filled tables.

Twenty thousand finished events (``past.sql`` in the first release's tables, ``past_since.sql`` in later)
are the past. What works on the present must not read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from db.engine import make_engine
from db.models import ErasureScope, Event, EventKind, Message, MessageKind, VerdictLabel, WorkQueue
from db.queries import (
    accusations,
    appeals,
    audit_samples,
    audited,
    backfills,
    bundles,
    changes,
    claims,
    clusters,
    comparisons,
    deadlines,
    decided,
    decision_figures,
    decisions,
    deliveries,
    delivery_log,
    desk_log,
    desks,
    drift_samples,
    effective,
    eligibility,
    endpoints,
    erasures,
    events,
    features,
    figures,
    forgetting,
    images,
    items,
    known,
    ordering,
    outbox,
    overturned,
    own_figures,
    queue_figures,
    repeats,
    retention,
    review,
    routing,
    signals,
    statements,
    sweeps,
    undelivered,
    uploaders,
    verdicts,
)
from db.queries.drift_samples import Period
from tests.db import factories
from tests.db.factories import new_id

SCHEMA = "hc148.v1+none"
BUNDLE = "ab" * 32
HOUR = 3600.0
IMAGE = "SELECT id FROM images OFFSET 10000 LIMIT 1"

FILL = "".join(Path(__file__).with_name(name).read_text() for name in ("past.sql", "past_since.sql"))
NEAR = clusters.Nearness(bits=4, least_contrast=4.0)
LARGE = {"events", "images", "features", "verdicts", "review_items", "outbox", "audit_entries"} | {
    "webhook_deliveries",
    "webhook_attempts",
}
ENDPOINT = UUID(int=1)

Query = Callable[[Session], object]


def _insert(session: Session) -> None:
    events.insert_events(session, [factories.new_event() for _ in range(100)])


def _precedents(session: Session) -> None:
    asked = [(EventKind.CREATED, "art", f"key {number}") for number in range(100)]
    repeats.precedents(session, asked, fresh_seconds=60)


def _settle(session: Session) -> None:
    arrived = factories.event(session, key="key 7", sequencer_rank=factories.rank(9))
    ordering.settle(session, [arrived], new_id)


def _claim_and_finish(session: Session) -> None:
    image_id = session.execute(text(IMAGE)).scalar_one()
    claimed = factories.claim(session, factories.event(session, sequencer_rank=factories.rank(1)))
    claims.finish(session, claimed.event_id, claimed.lease_number, image_id=image_id)


def _die(session: Session) -> None:
    event_id = factories.event(session)
    factories.claim(session, event_id, holder="child")
    claims.holder_died(
        session, event_id, "child", reason="decoder_died", detail=".", limits=factories.LIMITS, new_id=new_id
    )


def _standing(session: Session) -> None:
    events.standing(session, session.execute(text("SELECT id FROM events OFFSET 9 LIMIT 1")).scalar_one())


def _store_known(session: Session) -> None:
    image_id = session.execute(text(IMAGE)).scalar_one()
    vector_id = features.store(session, factories.new_features(image_id))
    row = factories.new_verdict(image_id, vector_id, BUNDLE)
    verdicts.store(session, row)
    verdicts.store_many(session, [row])


def _decide(session: Session) -> None:
    held = review.claim_next(session, "ada", lease_seconds=60)
    assert held is not None
    review.renew(session, held.id, "ada", held.lease_number, lease_seconds=60)
    factories.decide(session, held.id, "ada", held.lease_number, undo_seconds=60)
    decisions.undo(session, held.id, "ada", held.lease_number, undo_seconds=60, lease_seconds=60)
    decisions.made(session, held.id, "ada", held.lease_number)


def _next_item(session: Session) -> None:
    assert review.claim_next(session, "ada", lease_seconds=60) is not None


def _near(session: Session) -> None:
    image_id = factories.image(session, perceptual_hash=5, hash_contrast=50.0)
    clusters.near_items(session, factories.item(session, image_id=image_id), "ada", NEAR, limit=50)


def _second_page(session: Session) -> None:
    last = items.list_items(session, limit=1)[-1]
    items.list_items(session, after=items.place_of(session, last.id), limit=50)


def _deliver(session: Session) -> None:
    delivery = outbox.take_due(session, limit=20, lease_seconds=60)[0]
    outbox.delivered(session, delivery.id, delivery.attempt)


def _tell_endpoints(session: Session) -> None:
    outbox.add(session, new_id(), "art/key 7", MessageKind.VERDICT, {"verdict": "SYNTHETIC"})
    deliveries.spread(session, limit=500, close=False)
    endpoints.ready(session)
    due = deliveries.take_due(session, ENDPOINT, limit=20, lease_seconds=60)[0]
    outbox.failed(session, due.id, due.attempt, ENDPOINT, delay_seconds=60, error="503")
    delivery_log.note(session, ENDPOINT, due.id, 1, outcome="failed", status=503, seconds=0.1, error="503")
    deliveries.replay(session, ENDPOINT, deliveries.dead_of(ENDPOINT))
    deliveries.replay(session, ENDPOINT, Message.id == due.id)
    delivery_log.latest(session, endpoint_id=ENDPOINT, limit=50)
    delivery_log.latest(session, delivery=due.id, limit=50)


def _undelivered(session: Session) -> None:
    endpoints.everything(session)
    undelivered.counts(session, None)
    for endpoint in (None, ENDPOINT):
        undelivered.dead(session, endpoint, limit=50)
    delivery_log.latest(session, of_settings=True, limit=100)


def _forget_deliveries(session: Session) -> None:
    retention.forget_deliveries(session, older_seconds=3600, limit=100)
    retention.forget_attempts(session, older_seconds=3600, limit=100)


def _forget_old(session: Session) -> None:
    aged = "UPDATE features SET created_at = now() - interval '2 hours' WHERE id IN"
    session.execute(text(f"{aged} (SELECT id FROM features ORDER BY id LIMIT 5)"))
    retention.forget_vectors(session, older_seconds=3600, limit=100)
    retention.forget_messages(session, older_seconds=0, limit=100)
    for forget in (
        retention.forget_answers,
        retention.forget_allowances,
        retention.forget_sign_ins,
        retention.forget_sessions,
        retention.forget_oidc_attempts,
    ):
        forget(session, older_seconds=3600, limit=100)


def _accuse(session: Session) -> None:
    image_id = factories.image(session, uploader="ann")
    verdict_id = factories.verdict(session, image_id, label=VerdictLabel.SYNTHETIC)
    accusations.within_limit(session, "ann", limit=20)
    statements.find(session, verdict_id)
    statements.verdict_of(session, image_id, BUNDLE)


def _backfill_page(session: Session) -> None:
    image_id = session.execute(text(IMAGE)).scalar_one()
    backfills.page(session, factories.bundle(session), SCHEMA, after=image_id, limit=100)


def _of_image(session: Session) -> None:
    image_id = session.execute(text(IMAGE)).scalar_one()
    verdicts.of_image(session, image_id)
    items.of_image(session, image_id)
    features.latest(session, image_id, SCHEMA)


def _holds(session: Session) -> None:
    image_id = session.execute(text(IMAGE)).scalar_one()
    effective.machine_verdict(session, image_id)
    effective.decision_on(session, image_id)
    effective.decision_of(session, factories.item(session, image_id=image_id))
    pictures = effective.pictures_of("art", "key 7")
    effective.image_of(session, "art", "key 7")
    effective.history(session, pictures, before=None, limit=50)


def _appeal(session: Session) -> None:
    appeals.one_at_a_time(session, "ann")
    appeals.filed_today(session, "ann")
    appeals.target_of_upload(session, "art", "key 7")
    item_id = factories.item(session, image_id=session.execute(text(IMAGE)).scalar_one())
    appeals.is_open(session, item_id, "ann")
    appeals.of_round(session, item_id, 1)
    deadlines.note_passed(session, limit=50)
    deadlines.waiting(session)
    overturned.citing_items(session, limit=50)


def _forget(session: Session) -> None:
    subject = erasures.Subject(scope=ErasureScope.UPLOADER, uploader="ann")
    event = factories.event(session, uploader="ann")
    erasures.at_work(session, subject)
    forgetting.forget_rest(session, subject, limit=100)
    forgetting.forget_rest(session, subject, limit=100)
    image_id = factories.image(session, uploader="ann")
    factories.verdict(session, image_id)
    forgetting.forget_pictures(session, erasures.pictures(session, subject, limit=100))
    assert session.get_one(Event, event).uploader is None


QUERIES: dict[str, Query] = {
    "insert events": lambda session: events.insert_events(
        session, [factories.new_event() for _ in range(100)]
    ),
    "precedents": _precedents,
    "settle order": _settle,
    "claim and finish": _claim_and_finish,
    "a child died": _die,
    "standing": _standing,
    "history": lambda session: events.history(session, "art", "key 7"),
    "mark queued": lambda session: events.mark_queued(session, [new_id()]),
    "due for enqueue": lambda session: sweeps.due_for_enqueue(session, limit=50, grace_seconds=0),
    "overdue": lambda session: sweeps.overdue(session, WorkQueue.SCAN, limit=50, deadline_seconds=0),
    "queued before": lambda session: sweeps.queued_before(
        session, WorkQueue.SCAN, limit=50, begun=sweeps.moment(session)
    ),
    "queued counts": sweeps.queued_counts,
    "lapsed leases": lambda session: sweeps.lapse_leases(
        session, limit=50, limits=factories.LIMITS, new_id=new_id
    ),
    "store what is known": _store_known,
    "find a verdict": lambda session: verdicts.find(session, "art", "key 7", "v", BUNDLE),
    "find an image": lambda session: images.find(session, "art", "key 7"),
    "all of an image": _of_image,
    "active bundle": lambda session: bundles.active_id(session, "main"),
    "who judges": lambda session: bundles.placed(session, "main"),
    "audit of a bundle": lambda session: audited.of_bundle(session, BUNDLE, within_seconds=HOUR),
    "what a bundle on trial would change": lambda session: (
        comparisons.cells(session, BUNDLE, within_seconds=HOUR),
        comparisons.changed(
            session,
            BUNDLE,
            usual=VerdictLabel.GENUINE,
            trial=VerdictLabel.SYNTHETIC,
            within_seconds=HOUR,
            limit=24,
        ),
    ),
    "claim and decide an item": _decide,
    "place new items": lambda session: routing.never_placed(session, limit=200),
    "place items anew": lambda session: routing.unplaced(session, 1, limit=200),
    "signals": lambda session: signals.apply(session, "art", "key 7", signals.Signals(reach=1)),
    "near-duplicates that wait": _near,
    "near-duplicates that were decided": lambda session: clusters.decided_near(
        session, clusters.Candidate(id=new_id(), hash=5), NEAR
    ),
    "an uploader's other pictures": lambda session: uploaders.history(session, "ada", without=new_id()),
    "newest decided vectors": lambda session: decided.newest(session, "hc148.v1", limit=2_000),
    "items to seek near-duplicates of": lambda session: clusters.unsought(session, NEAR, limit=50),
    "a question to a reviewer": lambda session: (
        known.unasked(session, "ada"),
        known.age_of_next(session, eligibility.free_for("ada"), ["main"]),
    ),
    "what one moderator has before them": lambda session: (
        desks.held(session, "ada"),
        desks.kept_for(session, "ada"),
        desks.undoable(session, "ada", 60),
        desks.progress(session, "ada", None),
    ),
    "what waits, by queue": lambda session: (desks.loads(session), desks.languages(session)),
    "the item that would be next": lambda session: review.peek_next(session, "ada", queues=["main"]),
    "first page of items": lambda session: items.list_items(session, limit=50),
    "second page of items": _second_page,
    "deliver": _deliver,
    "tell endpoints": _tell_endpoints,
    "what endpoints have not got": _undelivered,
    "forget deliveries": _forget_deliveries,
    "forget what is old": _forget_old,
    "accuse an uploader": _accuse,
    "verdicts to draw from": lambda session: audit_samples.candidates(session, limit=500),
    "statements to export": lambda session: statements.reserve(session, since=None, limit=100),
    "changes since a cursor": lambda session: changes.since(session, 5000, limit=100),
    "numbers for new changes": lambda session: changes.number_new(session, limit=100),
    "what holds of a picture": _holds,
    "appeal": _appeal,
    "forget": _forget,
    "page of a backfill": _backfill_page,
    "events waiting": figures.events_waiting,
    "events finished": lambda session: figures.events_finished(session, within_seconds=3600),
    "refusals": lambda session: figures.refusals(session, within_seconds=3600),
    "review waiting": figures.review_waiting,
    "review ready": figures.review_ready,
    "decided in time": lambda session: queue_figures.kept(session, within_seconds=HOUR),
    "depths of queues": lambda session: queue_figures.depths(session, [HOUR]),
    "decisions of a time": lambda session: (
        decision_figures.decided(session, within_seconds=HOUR, step_seconds=60),
        decision_figures.second_opinions(session, within_seconds=HOUR),
        decision_figures.appeals(session, within_seconds=HOUR),
        decision_figures.against_machine(session, within_seconds=HOUR),
    ),
    "a reviewer's own work": lambda session: (
        own_figures.own(session, "ada"),
        own_figures.known_answers(session, "ada", within_seconds=HOUR, but_seconds=0),
        own_figures.beside_others(session, "ada", within_seconds=HOUR, but_seconds=0),
    ),
    "samples of a week": lambda session: (
        drift_samples.scores(session, BUNDLE, Period.NOW, an_hour=50),
        drift_samples.vectors(session, BUNDLE, Period.NOW, SCHEMA, an_hour=4),
        drift_samples.newest_schema(session, BUNDLE),
    ),
    "the desk's log": lambda session: (
        desk_log.end(session, settled_seconds=0),
        desk_log.after(session, 20_000, settled_seconds=0, limit=1000),
    ),
    "messages pending": figures.messages_pending,
    "messages dead": figures.messages_dead,
}


@pytest.fixture(scope="module")
def filled(new_database: Callable[[], str]) -> Iterator[Engine]:
    """An engine on a database with a past."""
    engine = make_engine(new_database(), application="test")
    with engine.begin() as connection:
        for statement in FILL.split(";\n"):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", QUERIES)
def test_no_named_query_reads_a_large_table_from_end_to_end(filled: Engine, name: str) -> None:
    with filled.connect() as connection, Session(connection, expire_on_commit=False) as session:
        plans = [_explain(connection, *ran) for ran in _statements(filled, session, QUERIES[name])]

    scanned = {(node["Relation Name"], statement) for statement, plan in plans for node in _full_scans(plan)}
    assert plans
    assert scanned == set()


def test_the_next_item_is_found_in_the_order_of_the_queue(filled: Engine) -> None:
    """Whatever waits behind it is not gathered and sorted."""
    with filled.connect() as connection, Session(connection, expire_on_commit=False) as session:
        plans = [_explain(connection, *ran) for ran in _statements(filled, session, _next_item)]
    (plan,) = [plan for statement, plan in plans if "in_order" in statement]
    indexes = {node.get("Index Name") for node in _nodes(plan)}
    gathered = [below for node in _nodes(plan) if node["Node Type"] == "Sort" for below in node["Plans"]]
    whole = [node for node in gathered if node["Parent Relationship"] == "Outer"]
    assert "ix_review_items_next" in indexes
    assert {node.get("Index Name") for node in whole} <= {"ix_review_items_assigned_to"}


def test_precedents_are_looked_up_one_by_one_also_where_nothing_is_known_of_the_table(
    new_database: Callable[[], str],
) -> None:
    """A fresh installation has no statistics, and a join over guesses took 76 ms a batch."""
    engine = make_engine(new_database(), application="test")
    with engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
        plans = [_explain(connection, *ran) for ran in _statements(engine, session, _precedents)]
    engine.dispose()

    ((_, plan),) = plans
    looks = [node for node in _nodes(plan) if node.get("Relation Name") == "events"]
    assert [node["Node Type"] for node in looks] == ["Index Scan"]
    assert all(name in looks[0]["Index Cond"] for name in ("bucket", "key"))


def _statements(engine: Engine, session: Session, query: Query) -> list[tuple[str, Any]]:
    """What a query sends to PostgreSQL; the statements that tests send as plain text are left out."""
    sent: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        _, _, statement, parameters, context, _ = arguments
        if context.compiled is not None and not isinstance(context.compiled.statement, TextClause):
            sent.append((statement, parameters))

    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        query(session)
        session.flush()
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return sent


def _explain(connection: Connection, statement: str, parameters: Any) -> tuple[str, dict[str, Any]]:
    (answer,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).one()
    return statement, answer[0]["Plan"]


def _full_scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes that read a large table from end to end."""
    return (
        node for node in _nodes(plan) if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)
