"""Backfills: pages of what a bundle has not judged, and a place to go on from."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import BackfillState
from db.queries import backfills
from tests.db import factories
from tests.db.factories import new_id

SCHEMA = "hc148.v1+none"


def begin(session: Session, bundle_id: str, total: int = 0) -> UUID:
    backfill_id = new_id()
    backfills.create(session, backfill_id, bundle_id=bundle_id, queue="rescan", total=total)
    return backfill_id


def pages(session: Session, bundle_id: str, limit: int) -> list[list[UUID]]:
    after, found = None, []
    while (page := backfills.page(session, bundle_id, SCHEMA, after=after, limit=limit)).last is not None:
        after = page.last
        found.append([vector.image_id for vector in page.vectors])
    return found


def test_pages_go_through_the_images_in_the_order_of_their_ids(session: Session) -> None:
    ids = [factories.image(session) for _ in range(5)]
    for image_id in reversed(ids):
        factories.vector(session, image_id)

    assert pages(session, factories.bundle(session), 2) == [ids[:2], ids[2:4], ids[4:]]


def test_a_page_holds_the_newest_vector_of_an_image_once(session: Session) -> None:
    image_id = factories.image(session)
    factories.vector(session, image_id)
    newest = factories.vector(session, image_id, decode_version=2, values=bytes(range(36)))
    bundle_id = factories.bundle(session)

    (vector,) = backfills.page(session, bundle_id, SCHEMA, after=None, limit=10).vectors

    assert (vector.id, vector.values, vector.replaced) == (newest, bytes(range(36)), bytes(2))
    assert backfills.pending(session, bundle_id, SCHEMA) == 1


def test_images_that_the_bundle_has_judged_and_vectors_of_another_schema_are_left_out(
    session: Session,
) -> None:
    bundle_id = factories.bundle(session)
    judged, other_schema, waiting = (factories.image(session) for _ in range(3))
    factories.verdict(session, judged, bundle_id)
    factories.vector(session, other_schema, schema_id="other")
    factories.verdict(session, waiting)

    assert pages(session, bundle_id, 10) == [[waiting]]
    assert pages(session, bundle_id, 1) == [[], [], [waiting]], "a page looks at so many images, no more"
    assert backfills.pending(session, bundle_id, SCHEMA) == 1


def test_a_sample_is_of_what_is_not_judged_and_the_same_at_each_call(session: Session) -> None:
    bundle_id = factories.bundle(session)
    judged, *waiting = (factories.image(session) for _ in range(9))
    factories.verdict(session, judged, bundle_id)
    for image_id in waiting:
        factories.vector(session, image_id)
    newest = factories.vector(session, waiting[0], decode_version=2)

    drawn = backfills.sample(session, bundle_id, SCHEMA, limit=4)
    everything = backfills.sample(session, bundle_id, SCHEMA, limit=100)

    assert drawn == backfills.sample(session, bundle_id, SCHEMA, limit=4)
    assert len(drawn) == 4
    assert [vector.image_id for vector in everything] == waiting
    assert everything[0].id == newest


def test_a_run_is_resumed_where_its_last_page_was_committed(session: Session) -> None:
    bundle_id = factories.bundle(session)
    backfill_id = begin(session, bundle_id, total=7)
    cursor = new_id()

    assert backfills.checkpoint(session, backfill_id, cursor=new_id(), scored=3, written=2, skipped=1)
    assert backfills.checkpoint(session, backfill_id, cursor=cursor, scored=4, written=3, failed=1)

    run = backfills.running(session, bundle_id)
    assert run is not None
    assert (run.id, run.cursor, run.total) == (backfill_id, cursor, 7)
    assert (run.scored, run.written, run.skipped, run.failed) == (7, 5, 1, 1)


def test_a_cancelled_run_takes_no_further_page(session: Session) -> None:
    bundle_id = factories.bundle(session)
    backfill_id = begin(session, bundle_id)

    assert backfills.finish(session, backfill_id, BackfillState.CANCELLED)

    assert not backfills.checkpoint(session, backfill_id, cursor=new_id(), scored=1, written=1)
    assert not backfills.finish(session, backfill_id, BackfillState.DONE)
    assert backfills.running(session, bundle_id) is None
    ended = backfills.get(session, backfill_id)
    assert ended is not None
    assert (ended.state, ended.scored) == (BackfillState.CANCELLED, 0)


def test_a_bundle_has_one_run_at_a_time(session: Session) -> None:
    bundle_id = factories.bundle(session)
    first = begin(session, bundle_id)

    with pytest.raises(IntegrityError, match="uq_backfills_running"), session.begin_nested():
        begin(session, bundle_id)

    backfills.finish(session, first, BackfillState.DONE)
    second = begin(session, bundle_id)
    assert {run.id for run in backfills.recent(session)} == {first, second}
