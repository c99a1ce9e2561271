"""What is known of an uploader: it can lower a verdict, and never raises one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import select, update

from db.models import HumanLabel, Image, ReviewItem, Verdict
from detector.reasons import Reason
from tests.pictures import encode, flat
from tests.servers import Bucket
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions, take_in
from tests.worker.platform.conftest import decided, fresh_key
from worker.scan import Scanner, open_scanner
from worker.settings import Settings

Judge: TypeAlias = Callable[[Scanner, str, int, int], Verdict]


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(update={"bundle": tiny_bundle})


@pytest.fixture
def judge(sessions: Sessions, bucket: Bucket) -> Judge:
    """Scans a gray picture of someone's, of a level of 0 to 255 and a width; gives its verdict."""

    def make(scanner: Scanner, uploader: str, level: int, width: int) -> Verdict:
        key = fresh_key()
        etag = bucket.put(key, encode(flat(80, width, (level, level, level))))
        event_id = take_in(sessions, bucket.name, key, etag=etag, uploader=uploader)
        scanner.scan(event_id)
        with sessions() as session:
            return session.execute(select(Verdict).where(Verdict.event_id == event_id)).scalar_one()

    return make


def is_asked(sessions: Sessions, verdict: Verdict) -> bool:
    with sessions() as session:
        query = select(ReviewItem.id).where(ReviewItem.verdict_id == verdict.id)
        return session.scalars(query).one_or_none() is not None


def find_synthetic(sessions: Sessions, uploader: str) -> None:
    """A picture of someone's, which people found synthetic."""
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key())
        session.execute(update(Image).where(Image.id == filed.image).values(uploader=uploader))
    decided(sessions, filed.item, HumanLabel.SYNTHETIC)


@pytest.mark.parametrize("level", [20, 130, 220])
def test_what_people_found_of_an_uploader_raises_no_verdict(
    scanner: Scanner, sessions: Sessions, judge: Judge, level: int
) -> None:
    """Ten of theirs were synthetic: the next one is judged as a stranger's is."""
    for _ in range(10):
        find_synthetic(sessions, "known")
    strangers, known = (judge(scanner, uploader, level, 90) for uploader in ("stranger", "known"))
    assert (known.label, known.probability, known.raw, known.veto_probability) == (
        strangers.label,
        strangers.probability,
        strangers.raw,
        strangers.veto_probability,
    )


def test_an_uploader_is_called_synthetic_a_few_times_a_day_and_then_people_are_asked(
    sessions: Sessions, settings: Settings, judge: Judge
) -> None:
    """Bright pictures are SYNTHETIC to this bundle."""
    scanner = open_scanner(settings.model_copy(update={"synthetic_per_uploader": 2}), "host:2")
    labels = {}
    for number in range(4):
        for uploader in ("ann", "bob") if number == 0 else ("ann",):
            verdict = judge(scanner, uploader, 220, 90 + number)
            labels[uploader, number] = (verdict.label, verdict.reason)
            assert verdict.label_before_veto == "SYNTHETIC"
            assert is_asked(sessions, verdict) == (verdict.label == "UNCERTAIN")
    scanner.close()
    limited = ("UNCERTAIN", Reason.UPLOADER_LIMIT)
    assert labels == {
        ("ann", 0): ("SYNTHETIC", None),
        ("bob", 0): ("SYNTHETIC", None),
        ("ann", 1): ("SYNTHETIC", None),
        ("ann", 2): limited,
        ("ann", 3): limited,
    }
