"""Changes since a cursor: nothing is skipped, whoever commits when."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from db.base import db_after
from db.models import Message, MessageKind
from db.queries import changes, outbox
from tests.db.factories import new_id

Sessions = sessionmaker[Session]


def add(session: Session, subject: str, wait_seconds: float = 0.0) -> str:
    """Append a message; its id as text."""
    message_id = new_id()
    outbox.add(session, message_id, subject, MessageKind.VERDICT, {"of": subject}, wait_seconds=wait_seconds)
    return str(message_id)


def read(sessions: Sessions, after: int, *, limit: int = 100) -> list[changes.Change]:
    """What a reader gets who comes back with a cursor."""
    with sessions.begin() as session:
        changes.number_new(session, limit=limit)
    with sessions() as session:
        return changes.since(session, after, limit=limit)


def ids(found: list[changes.Change]) -> list[str]:
    return [str(change.id) for change in found]


def test_changes_come_in_the_order_of_their_commits_page_by_page(sessions: Sessions) -> None:
    with sessions.begin() as session:
        written = [add(session, f"art/{n}.png") for n in range(5)]

    first = read(sessions, 0, limit=2)
    second = read(sessions, first[-1].number, limit=10)

    assert ids(first) + ids(second) == written
    assert read(sessions, second[-1].number) == []


def test_a_message_that_is_committed_late_is_read_late_and_never_skipped(sessions: Sessions) -> None:
    """Its position is lower than that of the one before it, which a reader has seen."""
    with sessions.begin() as slow:
        late = add(slow, "art/slow.png")
        with sessions.begin() as quick:
            early = add(quick, "art/quick.png")
        seen = read(sessions, 0)
        assert ids(seen) == [early]
    assert ids(read(sessions, seen[-1].number)) == [late]


def test_what_was_rolled_back_is_no_change(sessions: Sessions) -> None:
    with sessions() as session:
        add(session, "art/gone.png")
        session.rollback()
    assert read(sessions, 0) == []


def test_a_decision_that_can_be_taken_back_is_no_change_yet_and_holds_up_its_subject_alone(
    sessions: Sessions,
) -> None:
    with sessions.begin() as session:
        kept_back = add(session, "art/a.png", wait_seconds=60)
        behind = add(session, "art/a.png")
        other = add(session, "art/b.png")

    seen = read(sessions, 0)
    assert ids(seen) == [other]

    with sessions.begin() as session:
        session.execute(update(Message).where(Message.subject == "art/a.png").values(told_from=db_after(-1)))
    assert ids(read(sessions, seen[-1].number)) == [kept_back, behind]


def test_a_failed_delivery_keeps_no_change_back(sessions: Sessions) -> None:
    """The relay moves ``not_before``; readers of the changes don't care whether a webhook answers."""
    with sessions.begin() as session:
        message = add(session, "art/a.png")
    with sessions.begin() as session:
        (taken,) = outbox.take_due(session, limit=1, lease_seconds=60)
        outbox.failed(session, taken.id, taken.attempt, delay_seconds=3600, error="away")
    assert ids(read(sessions, 0)) == [message]


def test_messages_of_the_release_before_are_changes_too(sessions: Sessions) -> None:
    """It knows no ``told_from``."""
    with sessions.begin() as session:
        now, later = add(session, "art/a.png"), add(session, "art/b.png", wait_seconds=60)
        session.execute(update(Message).values(told_from=None))
    assert ids(read(sessions, 0)) == [now] != [later]


@pytest.fixture
def writers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_readers_beside_writers_see_every_message_once_and_each_subject_in_order(
    sessions: Sessions, writers: ThreadPoolExecutor
) -> None:
    """Four writers whose commits overlap, two readers with a cursor each."""
    begun = threading.Barrier(4)

    def write(number: int) -> list[str]:
        begun.wait()
        written = []
        for n in range(25):
            with sessions.begin() as session:
                written.append(add(session, f"art/{number}-{n % 3}.png"))
        return written

    def follow() -> list[changes.Change]:
        seen: list[changes.Change] = []
        while len(seen) < 100:
            seen += read(sessions, seen[-1].number if seen else 0, limit=7)
        return seen

    written = [writers.submit(write, number) for number in range(4)]
    with ThreadPoolExecutor(2) as readers:
        seen = [reader.result() for reader in [readers.submit(follow) for _ in range(2)]]

    everything = {each for future in written for each in future.result()}
    assert ids(seen[0]) == ids(seen[1])
    assert len(ids(seen[0])) == 100
    assert set(ids(seen[0])) == everything
    for future in written:
        own = future.result()
        for subject in range(3):
            order = own[subject::3]
            assert [each for each in ids(seen[0]) if each in order] == order
