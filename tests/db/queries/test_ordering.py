"""Late and reordered events of one object."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event, EventKind, EventState, Image, Message
from db.queries import claims, images, ordering
from detector.reasons import Reason
from tests.db import factories
from tests.db.factories import new_id

REMOVAL: dict[str, Any] = {"kind": EventKind.REMOVED, "state": EventState.NOTED}


def arrive(session: Session, number: int | None, **given: Any) -> UUID:
    """An event of one object arrives and is brought into order."""
    rank = None if number is None else factories.rank(number)
    event_id = factories.event(session, **({"key": "a.png", "sequencer_rank": rank} | given))
    ordering.settle(session, [event_id], new_id)
    return event_id


def fate(session: Session, event_id: UUID) -> tuple[EventState, str | None]:
    row = session.get_one(Event, event_id, populate_existing=True)
    return row.state, row.reason


WAITS = (EventState.RECEIVED, None)
REMOVED = (EventState.REFUSED, Reason.REMOVED)
SUPERSEDED = (EventState.REFUSED, Reason.SUPERSEDED)


def test_a_removal_ends_work_that_has_not_begun(session: Session) -> None:
    created = arrive(session, 1)

    arrive(session, 2, **REMOVAL)

    assert fate(session, created) == REMOVED
    (message,) = session.scalars(select(Message))
    assert message.payload["reason"] == "removed"


def test_a_creation_that_arrives_after_its_removal_is_ended(session: Session) -> None:
    arrive(session, 2, **REMOVAL)

    assert fate(session, arrive(session, 1)) == REMOVED


def test_a_removal_that_arrives_after_a_newer_creation_leaves_it_alone(session: Session) -> None:
    created = arrive(session, 3)

    arrive(session, 2, **REMOVAL)

    assert fate(session, created) == WAITS


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_an_older_picture_gives_way_to_a_newer_one_in_whatever_order_they_arrive(
    session: Session, order: tuple[int, int]
) -> None:
    arrived = {number: arrive(session, number) for number in order}

    assert fate(session, arrived[1]) == SUPERSEDED
    assert fate(session, arrived[2]) == WAITS


def test_the_events_of_one_batch_are_brought_into_order(session: Session) -> None:
    batch = [
        factories.event(session, key="a.png", sequencer_rank=factories.rank(number)) for number in (5, 4, 6)
    ]

    ended = ordering.settle(session, batch, new_id)

    assert set(ended) == {batch[0], batch[1]}


def test_ranks_compare_as_numbers(session: Session) -> None:
    small, great = arrive(session, 0xFF), arrive(session, 0x100)

    assert fate(session, small) == SUPERSEDED
    assert fate(session, great) == WAITS


@pytest.mark.parametrize(
    "later",
    [
        {"sequencer_rank": None},
        {"key": "b.png"},
        {"bucket": "other"},
        {"system": "minio"},
        {"kind": EventKind.OTHER, "state": EventState.NOTED},
    ],
)
@pytest.mark.parametrize("what", [{}, REMOVAL])
def test_what_can_not_be_told_to_be_later_ends_nothing(
    session: Session, later: dict[str, Any], what: dict[str, Any]
) -> None:
    created = arrive(session, 1)

    arrive(session, 2, **(what | later))

    assert fate(session, created) == WAITS


def test_an_event_without_a_rank_is_never_ended_by_order(session: Session) -> None:
    created = arrive(session, None)

    arrive(session, 2)
    arrive(session, 3, **REMOVAL)

    assert fate(session, created) == WAITS


def test_a_version_is_scanned_though_a_newer_one_came(session: Session) -> None:
    created = arrive(session, 1, version_id="v1")

    arrive(session, 2, version_id="v2")

    assert fate(session, created) == WAITS


@pytest.mark.parametrize(("removed", "expected"), [("v1", REMOVED), ("v2", WAITS), (None, REMOVED)])
def test_a_removal_ends_the_version_that_it_names(
    session: Session, removed: str | None, expected: tuple[EventState, str | None]
) -> None:
    created = arrive(session, 1, version_id="v1")

    arrive(session, 2, version_id=removed, **REMOVAL)

    assert fate(session, created) == expected


def test_the_removal_of_a_very_version_needs_no_rank(session: Session) -> None:
    created = arrive(session, None, version_id="7")

    arrive(session, None, version_id="7", **REMOVAL)

    assert fate(session, created) == REMOVED


def test_work_that_has_begun_goes_on_and_the_removal_is_noted_when_it_ends(session: Session) -> None:
    created = arrive(session, 1)
    claimed = factories.claim(session, created)
    arrive(session, 2, **REMOVAL)
    image_id = factories.image(session, key="a.png")

    assert claims.finish(session, created, claimed.lease_number, image_id=image_id)

    assert session.get_one(Image, image_id, populate_existing=True).removed_at is not None


def scanned(session: Session, number: int | None, **given: Any) -> UUID:
    """An event that is done; returns its image."""
    event_id = arrive(session, number, **given)
    claimed = factories.claim(session, event_id)
    image_id = factories.image(session, key="a.png", version_id=given.get("version_id"))
    claims.finish(session, event_id, claimed.lease_number, image_id=image_id)
    return image_id


def is_removed(session: Session, image_id: UUID) -> bool:
    return session.get_one(Image, image_id, populate_existing=True).removed_at is not None


def test_a_removal_is_noted_on_what_is_done(session: Session) -> None:
    image_id = scanned(session, 1)
    other = factories.image(session, key="b.png")

    arrive(session, 2, **REMOVAL)

    assert is_removed(session, image_id)
    assert not is_removed(session, other)


def test_a_late_removal_is_not_noted_on_a_newer_picture(session: Session) -> None:
    image_id = scanned(session, 3)

    arrive(session, 2, **REMOVAL)

    assert not is_removed(session, image_id)


def test_an_event_without_rank_or_version_is_finished_without_a_removal(session: Session) -> None:
    arrive(session, 2, **REMOVAL)

    assert not is_removed(session, scanned(session, None))


def test_a_removal_is_noted_on_the_version_that_it_names(session: Session) -> None:
    first, second = scanned(session, 1, version_id="v1"), scanned(session, 2, version_id="v2")

    arrive(session, 3, version_id="v1", **REMOVAL)

    assert is_removed(session, first)
    assert not is_removed(session, second)


def test_an_object_that_is_read_again_is_no_longer_marked_as_removed(session: Session) -> None:
    image = factories.new_image(key="a.png")
    images.upsert(session, image)
    arrive(session, 1, **REMOVAL)
    assert is_removed(session, image.id)

    images.upsert(session, image)

    assert not is_removed(session, image.id)
