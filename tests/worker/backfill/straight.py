"""A judge of tests: reads a vector's first number as its probability. Also a program that runs a backfill."""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db.engine import make_engine, make_sessions
from db.models import VerdictLabel, VerdictOrigin
from db.models.backfills import BackfillState
from db.queries.features import StoredVector
from db.queries.verdicts import NewVerdict
from worker.backfill import run as runs
from worker.backfill.remeasure import Measured
from worker.backfill.run import Judged
from worker.clock import new_id

SCHEMA = "straight.v1"
PAGE = 20


class StraightJudge:
    """Judges in a line: below 0.35 GENUINE, else UNCERTAIN."""

    schema_id = SCHEMA

    def __init__(self, bundle_id: str, *, pause: float = 0.0) -> None:
        self.bundle_id = bundle_id
        self._pause = pause

    def judge(self, session: Session, vectors: Sequence[StoredVector]) -> Judged:
        """Every vector at once."""
        time.sleep(self._pause)
        found = [self._verdict(vector) for vector in vectors]
        return Judged(verdicts=found, last=vectors[-1].image_id, scored=len(found), failed=0)

    def remeasure(self, session: Session, image_ids: Sequence[UUID]) -> Measured:
        """Every picture is gone."""
        return Measured(vectors=(), gone=image_ids, last=image_ids[-1])

    def _verdict(self, vector: StoredVector) -> NewVerdict:
        (probability,) = struct.unpack_from("<f", vector.values)
        label = VerdictLabel.GENUINE if probability < 0.35 else VerdictLabel.UNCERTAIN
        return NewVerdict(
            id=new_id(),
            image_id=vector.image_id,
            bundle_id=self.bundle_id,
            features_id=vector.id,
            label=label,
            label_before_veto=label,
            raw=probability,
            probability=probability,
            lightgbm=probability,
            svm=probability,
            random_forest=probability,
            veto_applied=False,
            veto_probability=None,
            genuine_below=0.35,
            synthetic_from=0.65,
            runtime=vector.runtime,
            precision=vector.precision,
            stage_ms={},
            origin=VerdictOrigin.BACKFILL,
        )


def main(url: str, run_id: str, bundle_id: str) -> None:
    """Step until the run ends, printing a line a page; slow enough to be killed between two of them."""
    sessions = make_sessions(make_engine(url))
    judge = StraightJudge(bundle_id, pause=0.05)
    while (run := runs.step(sessions, UUID(run_id), judge, size=PAGE)) is not None:
        print(run.scored, flush=True)
        if run.state is not BackfillState.RUNNING:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
