"""``artgate drift`` on an installation whose second week is not like its first."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from db.engine import make_engine, make_sessions
from tests.worker.cli.conftest import Artgate
from tests.worker.drift.scans import DAY, HOUR, judged, scan
from worker.drift.measure import LEAST
from worker.settings import Settings


def test_drift_is_told_from_the_first_week_on(artgate: Artgate, settings: Settings) -> None:
    engine = make_engine(settings.database_url.get_secret_value())
    sessions = make_sessions(engine)
    assert "artgate drift --now" in artgate("drift").out
    assert "no bundle has judged yet" in artgate("drift", "--now").err

    bundle = judged(sessions)
    assert "has judged no upload yet" in artgate("drift", "--now").err
    with sessions.begin() as session:
        scan(session, bundle, LEAST, since=10 * DAY, until=3 * DAY)
    with sessions.begin() as session:
        session.execute(text("UPDATE verdicts SET created_at = created_at + interval '5 days'"))
    waiting = artgate("drift", "--now")
    assert f"the first week of bundle {bundle[:12]}, which ends" in waiting.err
    assert f"{LEAST} or more so far" in waiting.err
    assert artgate("drift", "--format", "jsonl").lines == []
    with sessions.begin() as session:
        session.execute(text("UPDATE verdicts SET created_at = created_at - interval '5 days'"))
        scan(session, bundle, 220, since=DAY - HOUR, until=0, moved=1.0)
    engine.dispose()

    table = artgate("drift", "--now").out
    assert "220 scans since" in table
    assert f"against {LEAST} of" in table
    assert "the numbers that moved most" in table
    told = artgate("drift", "--format", "jsonl").lines
    assert {line["measure"] for line in told[:2]} == {"embedding", "scores"}
    groups = [line["value"] for line in told if line["measure"].startswith("features_")]
    assert groups == sorted(groups, reverse=True)
    assert {line["finding"] for line in told} == {"changed"}
    assert artgate("drift", "--course", bundle[:10], "--format", "jsonl").lines == told
    refused = artgate("drift", "--course", "zz")
    assert (refused.status, refused.out) == (3, "")
    assert f"there are: {bundle[:12]}" in refused.err


@pytest.mark.parametrize("words", [("drift", "--course")])
def test_a_bundle_must_be_named(artgate: Artgate, words: tuple[str, ...]) -> None:
    assert artgate(*words).status == 2
