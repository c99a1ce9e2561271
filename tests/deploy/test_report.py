"""The demo's table, on wide screens and narrow ones."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console

from db.models import VerdictLabel, VerdictOrigin
from db.queries.dossiers import Dossier
from db.queries.verdicts import StoredVerdict
from deploy.local.demo.report import Answer, print_answers

STAGES = {"fetch": 12, "decode": 1123, "features": 316, "embedding": 480, "ensemble": 3, "veto": 95}


def answer() -> Answer:
    verdict = StoredVerdict(
        id=UUID(int=1),
        image_id=UUID(int=2),
        bundle_id="791776b8" + "0" * 56,
        event_id=None,
        features_id=UUID(int=3),
        label=VerdictLabel.UNCERTAIN,
        label_before_veto=VerdictLabel.SYNTHETIC,
        raw=0.9,
        probability=0.721,
        lightgbm=0.953,
        svm=0.5,
        random_forest=0.9,
        veto_applied=True,
        veto_probability=0.125,
        genuine_below=0.35,
        synthetic_from=0.65,
        runtime="torch",
        precision="float32",
        stage_ms=dict(STAGES),
        origin=VerdictOrigin.SCAN,
        reason=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    dossier = Dossier(
        bucket="pictures", key="a.jpg", events=[], images=[], verdicts=[verdict], items=[], decisions=[]
    )
    return Answer(name="human-sailing-boats.jpg", dossier=dossier)


def printed(width: int) -> str:
    screen = Console(file=io.StringIO(), width=width)
    print_answers([answer()], screen)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_a_wide_screen_shows_one_table_a_narrow_one_two_and_neither_cuts_anything() -> None:
    wide, narrow = printed(140), printed(80)
    assert wide.count("human-sailing-boats.jpg") == 1
    assert narrow.count("human-sailing-boats.jpg") == 2
    for shown in (wide, narrow):
        cells = shown.split()
        assert {"UNCERTAIN", "0.721", "0.953", "0.500", "0.900", "0.125", "791776b8"} <= set(cells)
        assert {*map(str, STAGES.values()), str(sum(STAGES.values()))} <= set(cells)
    assert all(len(line) <= 80 for line in narrow.splitlines())
