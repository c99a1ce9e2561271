"""Events as the hook would have left them, and where they stand."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.models.events import EventKind, WorkQueue
from db.queries import events, ordering
from db.queries.events import NewEvent, Standing
from worker.clock import new_id

Sessions = sessionmaker[Session]


def take_in(
    sessions: Sessions,
    bucket: str,
    key: str,
    *,
    kind: EventKind = EventKind.CREATED,
    version_id: str | None = None,
    etag: str | None = None,
    sequencer_rank: str | None = None,
    queue: WorkQueue = WorkQueue.SCAN,
    domain: str | None = None,
    uploader: str | None = None,
) -> UUID:
    """Commit one event of an object; nothing is enqueued."""
    event = NewEvent(
        id=new_id(),
        identity=secrets.token_bytes(32),
        system="s3",
        kind=kind,
        bucket=bucket,
        key=key,
        version_id=version_id,
        etag=etag,
        sequencer_rank=sequencer_rank,
        queue=queue,
        domain=domain,
        uploader=uploader,
    )
    with sessions.begin() as session:
        inserted = events.insert_events(session, [event])
        ordering.settle(session, [event.id], new_id)
    return inserted[0].id


def standing(sessions: Sessions, event_id: UUID) -> Standing:
    """Where one event stands."""
    with sessions() as session:
        found = events.standing(session, event_id)
    assert found is not None
    return found


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Poll until `condition` holds, or fail with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.02)


def wait_until_terminal(sessions: Sessions, ids: Iterable[UUID], seconds: float = 30.0) -> list[Standing]:
    """Wait until every event has ended; gives their standings in the same order."""
    wanted = list(ids)
    wait_until(
        lambda: all(standing(sessions, event_id).state.terminal for event_id in wanted),
        "the end of every event",
        seconds,
    )
    return [standing(sessions, event_id) for event_id in wanted]
