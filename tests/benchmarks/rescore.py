"""Stage `rescore`: stored vectors judged by another bundle and written back, beside an upload load."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_sessions
from db.models import Features, Image
from db.queries import backfills
from detector import STARTER, Detector, Picture
from detector.bundle import read_bundle
from detector.reasons import Reason, Rejected
from detector.vector import VectorSchema
from tests.benchmarks.load import Sent, plain_events, send
from tests.benchmarks.report import Figures
from tests.benchmarks.servers import database, servers
from tests.worker.filing import file_bundle
from tests.worker.inbox import wait_until
from tests.worker.running import artgate, hook_answers
from worker.backfill import run as runs
from worker.backfill.judge import BundleJudge
from worker.clock import new_id
from worker.settings import Settings, limit_threads

_UPLOADS_PER_SECOND = 50.0
_FILED = 1000


def measure(*, smoke: bool) -> Figures:
    """Vectors a second with nothing beside it, and the hook's answers with and without a backfill."""
    vectors, seconds = (20, 0.2) if smoke else (100_000, 20.0)
    with (
        servers() as (settings, bucket),
        database(settings) as engine,
        TemporaryDirectory() as folder,
    ):
        sessions = make_sessions(engine)
        _file(sessions, read_bundle(STARTER).schema, vectors)
        alone = _alone(sessions)
        with artgate("hook", settings, Path(folder)) as hook:
            wait_until(lambda: hook_answers(settings) or not hook.running, "the hook")
            before = _uploads(settings, bucket.name, "before", seconds)
            with _beside(settings):
                during = _uploads(settings, bucket.name, "during", seconds)
    return alone | {
        "rescore_upload_p95_before_ms": before.percentile_ms(95),
        "rescore_upload_p95_during_ms": during.percentile_ms(95),
        "rescore_upload_p95_times": during.percentile_ms(95) / before.percentile_ms(95),
    }


def _judge(name: str) -> BundleJudge:
    """The starter under an id for each name; without its veto, which looks at pictures: there are none."""
    bundle = replace(read_bundle(STARTER), veto=None, id=sha256(name.encode()).hexdigest())
    return BundleJudge(Detector(bundle, embedder=None, veto=None), _NoPictures())


def _begin(sessions: sessionmaker[Session], judge: BundleJudge) -> tuple[UUID, int]:
    """Id of a new run, of which the first page is done, and how many vectors are left."""
    with sessions.begin() as session:
        file_bundle(session, judge.bundle_id)
        total = backfills.pending(session, judge.bundle_id, judge.schema_id)
        run = runs.begin(session, judge.bundle_id, total).id
    runs.step(sessions, run, judge)  # whatever is done but once is done
    return run, max(1, total - runs.PAGE)


def _alone(sessions: sessionmaker[Session]) -> Figures:
    """A run from its second page to its end, and what memory grows by meanwhile."""
    judge = _judge("alone")
    run, left = _begin(sessions, judge)
    memory, begun = getrusage(RUSAGE_SELF).ru_maxrss, time.perf_counter()
    while (standing := runs.step(sessions, run, judge)) is not None and standing.finished_at is None:
        pass
    return {
        "rescore_per_second": left / (time.perf_counter() - begun),
        "rescore_grown_mb": (getrusage(RUSAGE_SELF).ru_maxrss - memory) * 1024 / 1e6,
    }


@contextmanager
def _beside(settings: Settings) -> Iterator[None]:
    """Runs of a backfill in another process, as in a worker, for as long as the block takes."""
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    process = context.Process(target=_run_on, args=(settings, started), daemon=True)
    process.start()
    try:
        assert started.wait(60), "no backfill began"
        yield
        assert process.is_alive(), "the backfill ended before the load did"
    finally:
        process.kill()
        process.join()


def _run_on(settings: Settings, started: Event) -> None:
    limit_threads(settings.worker_children)
    with database(settings) as engine:
        sessions = make_sessions(engine)
        for name in map(str, count()):
            judge = _judge(name)
            run, _ = _begin(sessions, judge)
            started.set()
            while (standing := runs.step(sessions, run, judge)) is not None and standing.finished_at is None:
                pass


class _NoPictures:
    def picture(self, image: object) -> Picture:
        """Refuse: no bundle here asks for one."""
        raise Rejected(Reason.OBJECT_MISSING, f"there is no picture of {image}")


def _uploads(settings: Settings, bucket: str, kind: str, seconds: float) -> Sent:
    keys = [f"{kind}/{number}.jpg" for number in range(int(seconds * _UPLOADS_PER_SECOND))]
    return send(settings.hook_port, plain_events(bucket, keys), connections=16, rate=_UPLOADS_PER_SECOND)


def _file(sessions: sessionmaker[Session], schema: VectorSchema, vectors: int) -> None:
    """Store images with a vector of normal numbers each; what the verdicts are takes no time."""
    rng = np.random.default_rng(11)
    length = schema.length
    for start in range(0, vectors, _FILED):
        ids = [new_id() for _ in range(min(_FILED, vectors - start))]
        rows = rng.normal(size=(len(ids), length)).astype("<f4")
        with sessions.begin() as session:
            session.execute(insert(Image), [_image(id_) for id_ in ids])
            session.execute(
                insert(Features),
                [_features(id_, schema, row.tobytes()) for id_, row in zip(ids, rows, strict=True)],
            )


def _image(id_: UUID) -> dict[str, object]:
    return {
        "id": id_,
        "bucket": "uploads",
        "key": f"{id_}.jpg",
        "object_version": f"etag:{id_.hex}",
        "etag": id_.hex,
        "sha256": sha256(id_.bytes).digest(),
        "size": 500_000,
        "format": "JPEG",
        "width": 1000,
        "height": 800,
    }


def _features(image: UUID, schema: VectorSchema, values: bytes) -> dict[str, object]:
    length = schema.length
    return {
        "id": new_id(),
        "image_id": image,
        "schema_id": schema.id,
        "backbone_id": schema.embedding,
        "decode_version": 1,
        "runtime": "torch",
        "precision": "bfloat16",
        "values": values,
        "replaced": bytes((length + 7) // 8),
        "length": length,
    }
