"""From records to committed rows.

What asks for a scan is received, what does not is noted. In a batch, a record that can't be taken is refused
by itself, so that its neighbours are not lost with it; a batch with nothing else in it is refused as a whole
and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.models.events import EventKind, EventState, WorkQueue
from db.queries import entrance, ordering, repeats
from db.queries.events import Inserted, NewEvent, insert_events
from detector.reasons import Reason, Rejected
from worker import tracing
from worker.clock import new_id
from worker.intake.identity import identity_of, is_bare, next_identity
from worker.notifications import Kind, Record
from worker.notifications.members import Members
from worker.notifications.plain import record_of

_FRESH_SECONDS = 60.0
"""How long a sender's second try may take to be known as one, where nothing else tells."""
_OBJECTS = frozenset({Kind.CREATED, Kind.REMOVED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A committed event that no message tells of yet."""

    id: UUID
    queue: WorkQueue
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What one sender brings, and what of it is refused; something in it can be taken."""

    records: tuple[Record, ...]
    refusals: tuple[Rejected | None, ...]
    """The reason for each record that can't be taken."""
    queue: WorkQueue
    trace: str | None = None
    """Where the trace of the sender's request goes on, if it has one."""


class Intake:
    """Takes events in. Safe to share between threads."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        *,
        buckets: Collection[str],
        announce: Callable[[Sequence[Waiting]], object],
    ) -> None:
        """Bind the parts.

        Args:
            sessions: on the database that keeps the events.
            buckets: whose events are taken.
            announce: told of what waits for a message, after each commit; must not raise, nor take long.
        """
        self._sessions = sessions
        self._buckets = frozenset(buckets)
        self._announce = announce

    def accept(self, records: Sequence[Record], queue: WorkQueue = WorkQueue.SCAN) -> list[UUID]:
        """Commit events, then have messages sent for those that ask for work.

        Returns:
            The id of each record's event, in their order; the id that it has already where it is known.

        Raises:
            Rejected: ``bad_event``, ``bucket_not_allowed``: none of them can be taken.
        """
        (taken,) = self.write([self.admit(records, queue)])
        return [row.id for row in taken]

    def admit(self, records: Sequence[Record], queue: WorkQueue = WorkQueue.SCAN) -> Admission:
        """Judge what one sender brings, before anything is written.

        Raises:
            Rejected: as ``accept``.
        """
        refusals = [self._refusal(record) for record in records]
        first = next(filter(None, refusals), None)
        if first is not None and None not in refusals:
            raise first
        return Admission(tuple(records), tuple(refusals), queue, tracing.here())

    def write(self, admissions: Sequence[Admission]) -> list[list[Inserted]]:
        """Commit what several senders bring in one transaction, then announce it. All of it or nothing.

        Returns:
            For each admission the rows of its events, new or known.
        """
        records = [record for admission in admissions for record in admission.records]
        refusals = [refusal for admission in admissions for refusal in admission.refusals]
        queues = [admission.queue for admission in admissions for _ in admission.records]
        with _traced(admissions) as traces, self._sessions.begin() as session:
            identities = _identities(session, records)
            events = list(map(_event, records, identities, refusals, queues, traces))
            inserted = _store(session, events, refusals)
            fresh = [row.id for row in inserted if row.inserted]
            ended = set(ordering.settle(session, fresh, new_id)) if fresh else set()
        waiting = list(_waiting(inserted, events, refusals, ended))
        if waiting:
            self._announce(waiting)
        rows = iter(inserted)
        return [list(islice(rows, len(admission.records))) for admission in admissions]

    def submit(
        self,
        bucket: str,
        key: str,
        *,
        version_id: str | None = None,
        etag: str | None = None,
        size: int | None = None,
        sequencer: str | None = None,
        occurred_at: datetime | None = None,
        uploader: str | None = None,
        domain: str | None = None,
        queue: WorkQueue = WorkQueue.SCAN,
    ) -> UUID:
        """Hand one object in.

        Args:
            bucket: one of the allowed ones.
            key: as the storage knows it, not encoded.
            version_id: what the storage calls the version, where it keeps any.
            etag: the version's tag, without quotes. Without version and tag, a second upload of the key may
                be taken for the first while that waits, and for a minute.
            size: bytes.
            sequencer: hexadecimal, growing with each change of the key: tells late events apart.
            occurred_at: when it was uploaded, with its zone.
            uploader: whose picture it is, for the moderators.
            domain: what kind of picture it should be, for later analysis.
            queue: RESCAN for bulk that must not delay uploads.

        Returns:
            The event's id: ask for its standing by it.

        Raises:
            Rejected: ``bad_event``, ``bucket_not_allowed``.
        """
        told = {
            "bucket": bucket,
            "key": key,
            "version_id": version_id,
            "etag": etag,
            "size": size,
            "sequencer": sequencer,
            "time": None if occurred_at is None else occurred_at.isoformat(),
            "uploader": uploader,
            "domain": domain,
        }
        return self.accept([record_of(Members(told))], queue)[0]

    def refusal_of_bucket(self, bucket: str) -> Rejected | None:
        """Why nothing of a bucket can be taken; None where it can."""
        if bucket in self._buckets:
            return None
        return Rejected(Reason.BUCKET_NOT_ALLOWED, f"the bucket {bucket!r} is not one of ARTGATE_BUCKETS")

    def _refusal(self, record: Record) -> Rejected | None:
        """Why a record can't be taken; what only is noted may name any bucket."""
        if record.kind not in _OBJECTS:
            return None
        if not record.bucket or not record.key:
            return Rejected(Reason.BAD_EVENT, "the event names no object; expected a bucket and a key")
        return self.refusal_of_bucket(record.bucket)


def _identities(session: Session, records: Sequence[Record]) -> list[bytes]:
    """The identity of each; a bare event is the latest one of its kind and key, or the one after it."""
    bare = {_subject(record) for record in records if is_bare(record)}
    known = repeats.precedents(session, bare, fresh_seconds=_FRESH_SECONDS) if bare else {}

    def identity(record: Record) -> bytes:
        before = known.get(_subject(record)) if is_bare(record) else None
        if before is None:
            return identity_of(record)
        return before.identity if before.same else next_identity(before.identity)

    return [identity(record) for record in records]


def _subject(record: Record) -> repeats.Subject:
    return EventKind(record.kind), record.bucket or "", record.key or ""


@contextmanager
def _traced(admissions: Sequence[Admission]) -> Iterator[list[str | None]]:
    """A span for each sender around the transaction that they share; gives the trace of each record."""
    with ExitStack() as spans:
        begun = [
            spans.enter_context(tracing.span("insert", of=admission.trace or tracing.ROOT))
            for admission in admissions
        ]
        yield [
            span.trace for span, admission in zip(begun, admissions, strict=True) for _ in admission.records
        ]


def _event(
    record: Record, identity: bytes, refusal: Rejected | None, queue: WorkQueue, trace: str | None
) -> NewEvent:
    event = NewEvent(
        id=new_id(),
        identity=identity,
        system=record.order,
        kind=EventKind(record.kind),
        bucket=record.bucket or None,
        key=record.key or None,
        version_id=record.version_id or None,
        etag=(record.etag or "").strip('"') or None,
        size=record.size,
        sequencer=record.sequencer,
        sequencer_rank=record.sequencer_rank,
        occurred_at=record.occurred_at,
        uploader=record.uploader,
        domain=record.domain,
        queue=queue,
        state=EventState.RECEIVED if record.kind is Kind.CREATED else EventState.NOTED,
        trace=trace,
    )
    if refusal is None or _told(event):
        return event
    return replace(event, state=EventState.REFUSED, reason=refusal.reason, detail=refusal.message)


def _told(event: NewEvent) -> bool:
    """Whether the platform is told how it ends: an upload of an object with a name."""
    return event.kind is EventKind.CREATED and event.bucket is not None and event.key is not None


def _store(
    session: Session, events: Sequence[NewEvent], refusals: Sequence[Rejected | None]
) -> list[Inserted]:
    """Insert, and end at once what is refused beside what is taken."""
    inserted = insert_events(session, events)
    refused = {
        event.identity: (refusal.reason.value, refusal.message)
        for event, refusal, row in zip(events, refusals, inserted, strict=True)
        if refusal is not None and row.inserted and _told(event)
    }
    if refused:
        entrance.refuse_arrived(session, refused, new_id)
    return inserted


def _waiting(
    inserted: Sequence[Inserted],
    events: Sequence[NewEvent],
    refusals: Sequence[Rejected | None],
    ended: Collection[UUID],
) -> Iterator[Waiting]:
    """What is new, asks for work, and was not overtaken on arrival."""
    for row, event, refusal in zip(inserted, events, refusals, strict=True):
        begins = event.state is EventState.RECEIVED and refusal is None
        if row.inserted and begins and row.id not in ended:
            yield Waiting(row.id, event.queue, event.trace)
