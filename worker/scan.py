"""One event's way from its claim to its end.

::

    claim ─▶ bundle ─▶ fetch ─▶ judge ─▶ record ─▶ look on
      │        │         │        │        │         └─ a bundle on trial says what it would have said
      │        │         │        │        └─ lease lost: nothing is written
      │        │         │        └─ Rejected: refused, with its reason
      │        │         └─ Rejected: refused; Transient: tried again later, a bounded number of times
      │        └─ Fault: back to the queue until an operator has acted; nothing is held against the event
      └─ nothing to do

The claim is committed before the picture is touched, so whatever a file does to this process, the attempt
counts. All that comes of it is written in one transaction, which the lease number fences.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.engine import asking, make_engine, make_sessions
from db.queries import claims, verdicts
from db.queries.claims import Claim
from detector import DecodeLimits
from detector.reasons import ArtgateError, Fault, Reason, Rejected, Transient
from detector.stopwatch import timed
from worker import clock, recording, tracing
from worker.attempts import limits_of
from worker.backoff import backoff
from worker.decoding import DecoderProcess
from worker.logs import fields
from worker.monitoring.telling import ScanOutcome, ScanSeen
from worker.refusals import review_priority
from worker.rollout.beside import look_on
from worker.rollout.lineup import Lineup, LineupInUse
from worker.scoring import Decodes, score
from worker.settings import Settings
from worker.storage import FetchedObject, Storage, make_client

log = logging.getLogger(__name__)

Tell: TypeAlias = Callable[[ScanSeen], None]
"""Takes the end of a claim; never waits, never raises."""


class Stage(StrEnum):
    """Where a scan is: what running out of time means depends on it."""

    BUNDLE = "bundle"
    FETCH = "fetch"
    JUDGE = "judge"
    RECORD = "record"


class Scanner:
    """What one child of a worker works with, and how."""

    def __init__(
        self,
        settings: Settings,
        *,
        holder: str,
        engine: Engine,
        storage: Storage,
        decoder: Decodes,
        bundles: LineupInUse,
        tell: Tell = lambda _: None,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._limits = limits_of(settings)
        self._holder = holder
        self._engine = engine
        self._sessions = make_sessions(engine)
        self._storage = storage
        self.decoder = decoder
        self._bundles = bundles
        self._tell = tell
        self._dice = dice
        self._claim: Claim | None = None
        self._stage = Stage.BUNDLE
        self._stage_ms: dict[str, float] = {}
        self._begun = 0.0

    def warm_up(self) -> None:
        """Load the active bundle."""
        self._bundles.current()

    def scan(self, event_id: UUID) -> None:
        """Carry one event to its end, or put it back."""
        self._begun, self._stage_ms = time.perf_counter(), {}
        with self._sessions.begin() as session:
            self._claim = claim = claims.claim(
                session,
                event_id,
                holder=self._holder,
                lease_seconds=self._settings.lease_seconds,
                limits=self._limits,
                new_id=clock.new_id,
            )
        if claim is None:
            log.debug("nothing_to_do")
            return
        try:
            self._carry(claim)
        except recording.LeaseLostError:
            log.warning("lease_lost", extra=fields(lease=claim.lease_number))
            self._seen(ScanOutcome.LEASE_LOST)
        except ArtgateError as error:
            self._end(claim, error)

    def out_of_time(self) -> None:
        """End the scan under way: refused where the picture is slow, tried again where others are."""
        self.decoder.close()  # it may be in the middle of a file
        if self._claim is None:
            return
        if self._stage is Stage.JUDGE:
            slow: ArtgateError = Rejected(Reason.TIME_LIMIT, "The scan took too long and was stopped.")
        else:
            slow = Transient(Reason.TIME_LIMIT, f"The worker ran out of time before judging ({self._stage}).")
        self._end(self._claim, slow)

    def broke(self, error: Exception) -> None:
        """Count an error that nobody foresaw like a death: tried again at once, a few times."""
        if self._claim is None:
            return
        with self._sessions.begin() as session:
            claims.holder_died(
                session,
                self._claim.event_id,
                self._holder,
                reason=Reason.INTERNAL_ERROR,
                detail=f"The scan broke off with an error of the program ({type(error).__name__}).",
                limits=self._limits,
                new_id=clock.new_id,
            )
        self._seen(ScanOutcome.BROKE, reason=Reason.INTERNAL_ERROR)

    def close(self) -> None:
        """End the decoder process and give the connections back."""
        self.decoder.close()
        self._engine.dispose()

    def _carry(self, claim: Claim) -> None:
        self._stage = Stage.BUNDLE
        lineup = self._bundles.current()
        named = recording.named_version(claim)
        if self._answered(claim, lineup, named):
            return
        self._stage = Stage.FETCH
        with tracing.span("fetch"), timed(self._stage_ms, "fetch", time.perf_counter):
            fetched = self._fetch(claim)
        version = recording.read_version(claim, fetched)
        if version != named and self._answered(claim, lineup, version):
            return
        self._stage = Stage.JUDGE
        pair = lineup.pair_for(claim.bucket, claim.key, version)
        scored = score(
            fetched.data,
            detector=pair.speaks,
            decoder=self.decoder,
            stage_ms=self._stage_ms,
            domain=claim.domain,
        )
        self._stage = Stage.RECORD
        with tracing.span("commit", event_id=claim.event_id) as span, self._sessions.begin() as session:
            verdict = recording.record(
                session,
                claim,
                fetched,
                scored,
                self._stage_ms,
                synthetic_limit=self._settings.synthetic_per_uploader,
            )
            span.image(verdict.image_id)
        log.info("scanned", extra=fields(label=verdict.label.value, probability=verdict.probability))
        self._seen(ScanOutcome.VERDICT, label=verdict.label)
        self._claim = None  # the event has ended: nothing that follows can change that
        look_on(self._sessions, pair, scored, verdict)

    def _fetch(self, claim: Claim) -> FetchedObject:
        return self._storage.fetch(
            claim.bucket,
            claim.key,
            version_id=claim.version_id,
            etag=claim.etag,
            max_bytes=self._settings.max_bytes,
        )

    def _answered(self, claim: Claim, lineup: Lineup, object_version: str | None) -> bool:
        """End the claim with what the bundle that speaks here has said of this object version, if it has."""
        if object_version is None:
            return False
        detector = lineup.pair_for(claim.bucket, claim.key, object_version).speaks
        with asking(self._sessions) as session:
            known = verdicts.find(session, claim.bucket, claim.key, object_version, detector.bundle.id)
        if known is None:
            return False
        with self._sessions.begin() as session:
            recording.conclude(session, claim, known)
        log.info("known_already", extra=fields(label=known.label.value))
        self._seen(ScanOutcome.KNOWN)
        return True

    def _end(self, claim: Claim, error: ArtgateError) -> None:
        """End a claim without a verdict, in the way that the error's kind asks for."""
        with self._sessions.begin() as session:
            if isinstance(error, Rejected):
                self._refuse(session, claim, error)
            elif isinstance(error, Transient):
                self._retry_later(session, claim, error)
            else:
                claims.give_back(
                    session,
                    claim.event_id,
                    claim.lease_number,
                    delay_seconds=self._settings.fault_delay,
                    reason=error.reason,
                    detail=error.message,
                )
        severity = logging.ERROR if isinstance(error, Fault) else logging.INFO
        log.log(severity, type(error).__name__.lower(), extra=fields(reason=error.reason, why=error.message))
        self._seen(_outcome(error), reason=error.reason)

    def _seen(self, outcome: ScanOutcome, *, label: str | None = None, reason: str | None = None) -> None:
        """Tell whoever counts of the claim that has just ended."""
        self._tell(
            ScanSeen(
                outcome=outcome,
                seconds=time.perf_counter() - self._begun,
                stage_ms=self._stage_ms,
                label=label,
                reason=reason,
            )
        )

    def _refuse(self, session: Session, claim: Claim, error: Rejected) -> None:
        claims.refuse(
            session,
            claim.event_id,
            claim.lease_number,
            reason=error.reason,
            detail=error.message,
            review_priority=review_priority(error.reason),
            new_id=clock.new_id,
        )

    def _retry_later(self, session: Session, claim: Claim, error: Transient) -> None:
        claims.retry_later(
            session,
            claim.event_id,
            claim.lease_number,
            delay_seconds=backoff(
                claim.transient_failures + 1,
                first=self._settings.retry_backoff,
                longest=self._settings.retry_backoff_max,
                dice=self._dice,
            ),
            reason=error.reason,
            detail=error.message,
            limits=self._limits,
            new_id=clock.new_id,
        )


def _outcome(error: ArtgateError) -> ScanOutcome:
    if isinstance(error, Rejected):
        return ScanOutcome.REFUSED
    return ScanOutcome.RETRY if isinstance(error, Transient) else ScanOutcome.FAULT


def open_scanner(settings: Settings, holder: str, tell: Tell = lambda _: None) -> Scanner:
    """Make a child's scanner. Call it after the fork: it opens connections.

    Args:
        settings: of the worker.
        holder: the name under which it claims.
        tell: takes the end of each claim, for whoever counts them.
    """
    engine = make_engine(settings.database_url.get_secret_value(), application="artgate worker", pool_size=1)
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    return Scanner(
        settings,
        holder=holder,
        engine=engine,
        storage=Storage(make_client(settings), seconds=settings.s3_fetch_seconds),
        decoder=DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory),
        bundles=LineupInUse(settings, make_sessions(engine)),
        tell=tell,
    )
