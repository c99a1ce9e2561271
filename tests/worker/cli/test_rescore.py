"""``artgate rescore`` over vectors that a scan has stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.models import Backfill, Bundle, Verdict
from db.queries import bundles
from detector.bundle import read_bundle
from tests.bundles import make_bundle
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions, take_in
from worker.backfill import run as runs
from worker.scan import Scanner, open_scanner
from worker.settings import Settings

JSONL = ("--format", "jsonl")


@pytest.fixture(scope="module")
def scanner(settings: Settings, tiny_bundle: Path) -> Iterator[Scanner]:
    made = open_scanner(settings.model_copy(update={"bundle": tiny_bundle}), "host:1")
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def scanned(scanner: Scanner, sessions: Sessions, bucket: Bucket) -> None:
    """Three pictures with verdicts of another bundle."""
    for seed in range(3):
        scanner.scan(
            take_in(sessions, bucket.name, f"{seed}.jpg", etag=bucket.put(f"{seed}.jpg", jpeg(seed=seed)))
        )


def rows(sessions: Sessions) -> list[int]:
    with sessions() as session:
        return [
            session.execute(select(func.count()).select_from(kind)).scalar_one()
            for kind in (Backfill, Bundle, Verdict)
        ]


def test_without_apply_it_says_what_it_would_do_and_writes_nothing(
    artgate: Artgate, sessions: Sessions, tmp_path: Path
) -> None:
    before = rows(sessions)
    bundle = make_bundle(tmp_path, seed=7)
    (plan,) = artgate("rescore", "--bundle", bundle, *JSONL).lines
    assert plan["coverage"] == {"images": 3, "matching": 3, "judged": 0, "pending": 3}
    assert (plan["pictures"], plan["schema_id"]) == (0, "hc148.v1")
    assert "nothing was written" in artgate("rescore", "--bundle", bundle).out
    assert rows(sessions) == before


def test_applied_it_judges_each_picture_once(artgate: Artgate, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, seed=8)
    for scored in (3, 0):
        applied = artgate("rescore", "--bundle", bundle, "--apply", "--here", *JSONL)
        assert applied.status == 0, applied.err
        assert applied.lines[0]["state"] == "done"
        assert (applied.lines[0]["scored"], applied.lines[0]["written"]) == (scored, scored)


def test_a_plan_says_what_it_takes_and_costs(artgate: Artgate, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, seed=9)
    told = artgate("rescore", "--bundle", bundle, "--measure", "--hour", "0.04").out
    assert "at 0.04 an hour" in told
    assert "time of a processor" in told
    (plan,) = artgate("rescore", "--bundle", bundle, "--hour", "3600", *JSONL).lines
    assert plan["cost"] == pytest.approx(plan["seconds"])
    assert 0 < plan["seconds"] < 60


def test_a_run_is_let_rest_resumed_and_compared(artgate: Artgate, sessions: Sessions, tmp_path: Path) -> None:
    """While it rests, --apply says what to do instead."""
    bundle = make_bundle(tmp_path, seed=10)
    for step in ("--pause", "--resume", "--cancel"):
        assert artgate("rescore", "--bundle", bundle, step).out.startswith("no run")
    assert "nothing to compare" in artgate("rescore", "--bundle", bundle, "--compare").out
    bundle_id = read_bundle(bundle).id
    with sessions.begin() as session:
        bundles.register(session, bundle_id, name="main", manifest={}, location=str(bundle))
        runs.begin(session, bundle_id, 3)
    assert "rests after 0 of 3" in artgate("rescore", "--bundle", bundle, "--pause").out
    refused = artgate("rescore", "--bundle", bundle, "--apply", "--here")
    assert refused.status not in {0, 1}
    assert "--resume" in refused.err
    resumed = artgate("rescore", "--bundle", bundle, "--resume", "--here", *JSONL)
    assert (resumed.status, resumed.lines[0]["state"], resumed.lines[0]["written"]) == (0, "done", 3)
    (row, *_) = artgate("rescore", "--bundle", bundle, "--compare", *JSONL).lines
    assert (row["domain"], row["pictures"]) == ("all", 3)


def test_two_steps_at_once_are_refused(artgate: Artgate, tmp_path: Path) -> None:
    refused = artgate("rescore", "--bundle", tmp_path, "--apply", "--cancel")
    assert refused.status == 2
    assert "choose one of --apply, --cancel" in " ".join(refused.err.split())


def test_a_bundle_that_can_not_be_loaded_is_one_sentence(artgate: Artgate, tmp_path: Path) -> None:
    refused = artgate("rescore", "--bundle", tmp_path)
    assert refused.status not in (0, 3)
    assert refused.err.endswith("[bundle_invalid]\n")
