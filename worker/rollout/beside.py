"""What a bundle says beside the one that speaks: computed once the verdict stands; nothing acts on it."""

from __future__ import annotations

import logging
import time

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from db.models import VerdictLabel
from db.queries import rollouts
from db.queries.rollouts import NewShadow
from db.queries.verdicts import StoredVerdict
from detector import Detector, Vector, Verdict
from detector.reasons import ArtgateError
from detector.stopwatch import timed
from worker.bundles import same_vectors
from worker.clock import new_id
from worker.logs import fields
from worker.rollout.lineup import Pair
from worker.scoring import Scored

log = logging.getLogger(__name__)


def look_on(sessions: sessionmaker[Session], pair: Pair, scored: Scored, verdict: StoredVerdict) -> None:
    """Let the other bundle of a pair say what it would have said; failing costs no more than that.

    Args:
        sessions: on the database; one row is written, in a transaction of its own.
        pair: the bundle that has spoken, and the one that looks on, if any does.
        scored: what the one that spoke made of the picture.
        verdict: as it stands in the database.
    """
    if pair.looks_on is None:
        return
    try:
        stored = _judge(pair.speaks, pair.looks_on, scored, verdict)
        with sessions.begin() as session:
            rollouts.store_shadow(session, stored)
    except (ArtgateError, DBAPIError) as error:
        why = error.message if isinstance(error, ArtgateError) else type(error).__name__
        log.warning("not_looked_on", extra=fields(bundle=pair.looks_on.bundle.id, why=why))
    else:
        log.info("looked_on", extra=fields(bundle=stored.bundle_id, ms=stored.stage_ms["beside"]))


def _judge(speaks: Detector, looks_on: Detector, scored: Scored, verdict: StoredVerdict) -> NewShadow:
    computed_alike = (speaks.runtime, speaks.precision) == (looks_on.runtime, looks_on.precision)
    shared = computed_alike and same_vectors(speaks.bundle, looks_on.bundle)
    spent: dict[str, float] = {}
    with timed(spent, "beside", time.perf_counter):
        vector = scored.verdict.vector if shared else looks_on.vector(scored.picture)
        given = looks_on.judge(scored.picture, vector)
    return _stored_form(given, vector, verdict, shared=shared, spent=spent)


def _stored_form(
    given: Verdict, vector: Vector, verdict: StoredVerdict, *, shared: bool, spent: dict[str, float]
) -> NewShadow:
    # What a vector cost counts once: the verdict that stands has paid for a shared one.
    own = {stage: ms for stage, ms in given.stage_ms.items() if not shared or stage not in vector.stage_ms}
    return NewShadow(
        id=new_id(),
        image_id=verdict.image_id,
        bundle_id=given.bundle,
        verdict_id=verdict.id,
        label=VerdictLabel(given.label),
        label_before_veto=VerdictLabel(given.veto.overruled or given.label),
        raw=given.raw,
        probability=given.probability,
        veto_probability=given.veto.probability,
        runtime=given.runtime,
        precision=given.precision,
        shared_vector=shared,
        stage_ms=own | spent,
        reason=given.reason,
    )
