"""Stage `rescore`: stored vectors judged by another bundle and written back, beside an upload load."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from hashlib import sha256
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
from detector.bundle import Bundle, read_bundle
from detector.reasons import Reason, Rejected
from tests.benchmarks.load import Sent, plain_events, send
from tests.benchmarks.report import Figures
from tests.benchmarks.servers import database, servers
from tests.worker.filing import file_bundle
from tests.worker.inbox import wait_until
from tests.worker.running import artgate, hook_answers
from worker.backfill import run as runs
from worker.backfill.judge import BundleJudge
from worker.clock import new_id
from worker.settings import Settings

_UPLOADS_PER_SECOND = 50.0
_FILED = 1000


def measure(*, smoke: bool) -> Figures:
    """Vectors a second with nothing beside it, and the hook's answers with and without a backfill."""
    count, seconds = (20, 0.2) if smoke else (100_000, 20.0)
    bundle = replace(read_bundle(STARTER), veto=None)  # the veto looks at pictures, and there are none
    with (
        servers() as (settings, bucket),
        database(settings) as engine,
        TemporaryDirectory() as folder,
    ):
        sessions = make_sessions(engine)
        _file(sessions, bundle, count)
        alone = _rescore(sessions, bundle, name="alone")
        with artgate("hook", settings, Path(folder)) as hook:
            wait_until(lambda: hook_answers(settings) or not hook.running, "the hook")
            before = _uploads(settings, bucket.name, "before", seconds)
            stop = threading.Event()
            beside = threading.Thread(target=_rescore, args=(sessions, bundle, "beside", stop))
            beside.start()
            during = _uploads(settings, bucket.name, "during", seconds)
            stop.set()
            beside.join()
    return alone | {
        "rescore_upload_p95_before_ms": before.percentile_ms(95),
        "rescore_upload_p95_during_ms": during.percentile_ms(95),
        "rescore_upload_p95_times": during.percentile_ms(95) / before.percentile_ms(95),
    }


def _rescore(
    sessions: sessionmaker[Session], bundle: Bundle, name: str, stop: threading.Event | None = None
) -> Figures:
    """Run a backfill of the bundle under another id to its end, or until it is stopped."""
    renamed = replace(bundle, id=sha256(name.encode()).hexdigest())
    judge = BundleJudge(Detector(renamed, embedder=None, veto=None), _NoPictures())
    with sessions.begin() as session:
        file_bundle(session, renamed.id)
        total = backfills.pending(session, renamed.id, judge.schema_id)
        run = runs.begin(session, renamed.id, total).id
    runs.step(sessions, run, judge)  # whatever is done but once is done
    memory, begun = getrusage(RUSAGE_SELF).ru_maxrss, time.perf_counter()
    while (standing := runs.step(sessions, run, judge)) is not None and standing.finished_at is None:
        if stop is not None and stop.is_set():
            break
    seconds = time.perf_counter() - begun
    written = max(0, total - runs.PAGE)
    return {
        "rescore_per_second": (written or total) / seconds,
        "rescore_grown_mb": (getrusage(RUSAGE_SELF).ru_maxrss - memory) * 1024 / 1e6,
    }


class _NoPictures:
    def picture(self, image: object) -> Picture:
        """Refuse: no bundle here asks for one."""
        raise Rejected(Reason.OBJECT_MISSING, f"there is no picture of {image}")


def _uploads(settings: Settings, bucket: str, kind: str, seconds: float) -> Sent:
    keys = [f"{kind}/{number}.jpg" for number in range(int(seconds * _UPLOADS_PER_SECOND))]
    return send(settings.hook_port, plain_events(bucket, keys), connections=16, rate=_UPLOADS_PER_SECOND)


def _file(sessions: sessionmaker[Session], bundle: Bundle, count: int) -> None:
    """Store images with a vector of normal numbers each; what the verdicts are takes no time."""
    rng = np.random.default_rng(11)
    length = bundle.schema.length
    for start in range(0, count, _FILED):
        ids = [new_id() for _ in range(min(_FILED, count - start))]
        rows = rng.normal(size=(len(ids), length)).astype("<f4")
        with sessions.begin() as session:
            session.execute(insert(Image), [_image(id_) for id_ in ids])
            session.execute(
                insert(Features),
                [_features(id_, bundle, row.tobytes()) for id_, row in zip(ids, rows, strict=True)],
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


def _features(image: UUID, bundle: Bundle, values: bytes) -> dict[str, object]:
    length = bundle.schema.length
    return {
        "id": new_id(),
        "image_id": image,
        "schema_id": bundle.schema.id,
        "backbone_id": bundle.schema.embedding,
        "decode_version": 1,
        "runtime": "torch",
        "precision": "bfloat16",
        "values": values,
        "replaced": bytes((length + 7) // 8),
        "length": length,
    }
