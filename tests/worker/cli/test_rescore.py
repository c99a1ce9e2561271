"""``artgate rescore`` over vectors that a scan has stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.models import Backfill, Bundle, Verdict
from tests.bundles import make_bundle
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions, take_in
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


def test_a_bundle_that_can_not_be_loaded_is_one_sentence(artgate: Artgate, tmp_path: Path) -> None:
    refused = artgate("rescore", "--bundle", tmp_path)
    assert refused.status not in (0, 3)
    assert refused.err.endswith("[bundle_invalid]\n")
