"""Images, vectors, verdicts and bundles: written once, however often they are tried."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, null, select
from sqlalchemy.orm import Session, sessionmaker

from db.models import BundleState, Features, Verdict
from db.queries import bundles, features, images, verdicts
from tests.db import factories
from tests.db.factories import new_id


def test_an_object_version_is_one_image(session: Session) -> None:
    first = factories.new_image(key="a.png", object_version="v1")
    again = replace(first, id=new_id(), width=1)
    other = replace(first, id=new_id(), object_version="v2")

    assert images.upsert(session, first) == first.id
    assert images.upsert(session, again) == first.id
    assert images.upsert(session, other) == other.id
    assert [row.id for row in images.find(session, "art", "a.png")] == [other.id, first.id]
    stored = images.get(session, first.id)
    assert stored is not None
    assert (stored.width, stored.sha256) == (first.width, first.sha256)
    assert images.get(session, new_id()) is None


@pytest.mark.parametrize(
    ("version_id", "etag", "expected"),
    [("v", "e", "v"), (None, "e", "e"), ("", "e", "e"), (None, None, "ab" * 32), (None, "", "ab" * 32)],
)
def test_an_object_version_is_named_by_the_best_that_is_known(
    version_id: str | None, etag: str | None, expected: str
) -> None:
    assert images.object_version_of(version_id, etag, bytes.fromhex("ab" * 32)) == expected


def test_a_vector_is_stored_once_for_each_way_of_making_it(session: Session) -> None:
    image_id = factories.image(session)
    first = factories.new_features(image_id, values=bytes(range(36)))

    assert features.store(session, first) == first.id
    assert features.store(session, replace(first, id=new_id(), values=bytes(36))) == first.id
    newer = replace(first, id=new_id(), precision="bf16")
    assert features.store(session, newer) == newer.id
    assert session.get_one(Features, first.id).values == bytes(range(36))


def test_the_newest_vector_of_a_schema_is_found(session: Session) -> None:
    image_id = factories.image(session)
    factories.vector(session, image_id)
    newest = factories.vector(session, image_id, decode_version=2)
    factories.vector(session, image_id, schema_id="other")

    found = features.latest(session, image_id, "hc148.v1+none")

    assert found is not None
    assert found.id == newest
    assert features.latest(session, image_id, "unknown") is None


def test_an_image_has_one_verdict_of_a_bundle_and_it_stands(session: Session) -> None:
    image_id, bundle_id = factories.image(session), factories.bundle(session)
    vector_id = factories.vector(session, image_id)
    first = factories.new_verdict(image_id, vector_id, bundle_id, probability=0.5)
    again = replace(first, id=new_id(), probability=0.6)

    written = verdicts.store(session, first)
    assert (written.id, written.inserted) == (first.id, True)
    assert verdicts.store(session, again) == replace(written, inserted=False)
    assert [row.probability for row in verdicts.of_image(session, image_id)] == [0.5]


def test_a_verdict_is_stored_as_it_was_given_and_found_by_its_object(session: Session) -> None:
    image = factories.new_image()
    images.upsert(session, image)
    bundle_id = factories.bundle(session)
    given = factories.new_verdict(
        image.id, factories.vector(session, image.id), bundle_id, stage_ms={"decode": 1.25}, raw=1 / 3
    )
    verdicts.store(session, given)

    found = verdicts.find(session, image.bucket, image.key, image.object_version, bundle_id)

    assert found is not None
    names = verdicts.NewVerdict.__dataclass_fields__
    assert {name: getattr(found, name) for name in names} == {name: getattr(given, name) for name in names}
    assert verdicts.find(session, image.bucket, image.key, "another", bundle_id) is None


def test_a_page_of_verdicts_leaves_out_what_is_judged(session: Session) -> None:
    bundle_id = factories.bundle(session)
    rows = []
    for _ in range(5):
        image_id = factories.image(session)
        rows.append(factories.new_verdict(image_id, factories.vector(session, image_id), bundle_id))
    verdicts.store(session, replace(rows[2], id=new_id()))

    written = verdicts.store_many(session, rows)

    assert written == {row.id for row in rows} - {rows[2].id}
    assert verdicts.store_many(session, rows) == set()
    assert verdicts.store_many(session, []) == set()


@pytest.mark.parametrize("warranty", [None, {"domain": "photo", "count": 1}])
def test_a_verdict_may_carry_an_error_rate_and_else_has_none(
    session: Session, warranty: dict[str, Any] | None
) -> None:
    """Absent is null to PostgreSQL too, whichever way the row was written."""
    bundle_id = factories.bundle(session)
    rows = []
    for _ in range(2):
        image_id = factories.image(session)
        vector_id = factories.vector(session, image_id)
        rows.append(factories.new_verdict(image_id, vector_id, bundle_id, warranty=warranty))
    verdicts.store(session, rows[0])
    verdicts.store_many(session, rows[1:])

    found = [verdicts.get(session, row.id) for row in rows]
    without = select(func.count()).where(Verdict.bundle_id == bundle_id, Verdict.warranty.is_(null()))

    assert [verdict and verdict.warranty for verdict in found] == [warranty, warranty]
    assert session.execute(without).scalar_one() == (2 if warranty is None else 0)
    assert verdicts.get(session, new_id()) is None


def test_the_domains_that_were_stated_are_found(session: Session) -> None:
    stated, unstated = factories.image(session, domain="photo"), factories.image(session)

    assert images.domains_of(session, [stated, unstated, new_id()]) == {stated: "photo"}
    assert images.domains_of(session, []) == {}


def test_two_that_judge_one_image_at_once_leave_one_verdict(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        image_id, bundle_id = factories.image(session), factories.bundle(session)
        vector_id = factories.vector(session, image_id)
    barrier = threading.Barrier(4)
    stored: list[verdicts.Stored] = []

    def judge() -> None:
        barrier.wait()
        with sessions.begin() as session:
            stored.append(verdicts.store(session, factories.new_verdict(image_id, vector_id, bundle_id)))

    threads = [threading.Thread(target=judge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({row.id for row in stored}) == 1
    assert sorted(row.inserted for row in stored) == [False, False, False, True]
    with sessions.begin() as session:
        assert session.execute(select(func.count(Verdict.id))).scalar_one() == 1


def test_registering_twice_keeps_the_bundle_and_follows_its_location(session: Session) -> None:
    bundle_id = "ab" * 32

    assert bundles.register(session, bundle_id, name="main", manifest={"a": 1}, location="/old")
    assert not bundles.register(session, bundle_id, name="main", manifest={"a": 1}, location="/new")

    stored = bundles.get(session, bundle_id)
    assert stored is not None
    assert (stored.location, stored.manifest, stored.state) == ("/new", {"a": 1}, BundleState.CANDIDATE)


def test_activating_retires_the_one_that_spoke(session: Session) -> None:
    first, second, other = (factories.bundle(session, name) for name in ("main", "main", "photo"))
    assert bundles.active(session, "main") is None

    assert bundles.activate(session, first) is None
    assert bundles.activate(session, other) is None
    assert bundles.activate(session, second) == first

    assert (bundles.active_id(session, "main"), bundles.active_id(session, "photo")) == (second, other)
    states = {row.id: row.state for row in bundles.registered(session)}
    assert states == {
        first: BundleState.RETIRED,
        second: BundleState.ACTIVE,
        other: BundleState.ACTIVE,
    }


def test_activating_the_active_bundle_changes_nothing(session: Session) -> None:
    bundle_id = factories.bundle(session)
    bundles.activate(session, bundle_id)
    before = bundles.active(session, "main")

    assert bundles.activate(session, bundle_id) is None
    assert bundles.active(session, "main") == before


def test_a_retired_bundle_can_be_activated_again(session: Session) -> None:
    first, second = factories.bundle(session), factories.bundle(session)
    for bundle_id in (first, second, first):
        bundles.activate(session, bundle_id)

    assert bundles.active_id(session, "main") == first


def test_a_bundle_that_is_not_registered_is_not_activated(session: Session) -> None:
    with pytest.raises(LookupError, match="registered"):
        bundles.activate(session, "cd" * 32)


def test_activations_at_once_leave_one_active(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ids = [factories.bundle(session) for _ in range(4)]
    barrier = threading.Barrier(len(ids))
    failures: list[Exception] = []

    def activate(bundle_id: str) -> None:
        barrier.wait()
        try:
            with sessions.begin() as session:
                bundles.activate(session, bundle_id)
        except Exception as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=activate, args=(bundle_id,)) for bundle_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with sessions.begin() as session:
        assert bundles.active_id(session, "main") in ids
