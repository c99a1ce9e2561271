"""The load does not rot: a tiny one is whole, and a run that went wrong is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.review_load.drive import Seen
from tests.review_load.outcome import Stored, document, misses, outcome
from tests.review_load.plan import Plan
from tests.review_load.run import run
from worker.settings import Settings

TINY = Plan(
    sessions=8,
    rate=40.0,
    items=60,
    lease=1,
    think=(0.05, 0.2),
    gone=0.1,
    late=0.1,
    repeated=0.1,
    p95_ms=5000.0,
)
GOOD = Stored(decisions=("a", "b"), waiting=frozenset(), own=0)


def told() -> Seen:
    """Two items, claimed in time and decided once."""
    seen = Seen(offered={"a", "b"}, claims=[(0.01, 0.01), (0.03, 0.02)])
    seen.decided["a"] = {1}
    seen.decided["b"] = {1}
    return seen


def missed(seen: Seen, stored: Stored) -> list[str]:
    """What is said of a run at 60 claims a second."""
    return misses(Plan(items=2), outcome(seen, stored), seen, stored)


def test_a_tiny_load_ends_with_every_item_decided_once(settings: Settings, tmp_path: Path) -> None:
    """With moderators who vanish, who come too late, and who say everything twice."""
    seen, stored = run(TINY, settings, tmp_path)
    found = outcome(seen, stored)
    slow = [line for line in misses(TINY, found, seen, stored) if "claims a second" not in line]
    assert slow == []
    assert list(document(found)) == ["claims_per_second", "items", "decided_twice", "skipped", "claim_p95_ms"]
    assert (found.items, found.decided_twice, found.skipped) == (60, 0, 0)
    assert len(seen.claims) > 60, "some vanished, and their items came back"
    assert 0 < found.claim_p95_ms < TINY.p95_ms


def test_a_run_in_which_all_went_well_missed_nothing() -> None:
    assert missed(told(), GOOD) == []


def test_claims_after_the_last_item_are_not_in_the_figures() -> None:
    """What comes back when the queue has run dry comes at its own times."""
    seen = replace(told(), dry_at=0.03)
    seen.claims.append((20.0, 9.0))
    assert outcome(seen, GOOD) == outcome(told(), GOOD)


def twice_told() -> tuple[Seen, Stored]:
    seen = told()
    seen.decided["a"] = {1, 2}
    return seen, GOOD


def lost() -> tuple[Seen, Stored]:
    return told(), replace(GOOD, decisions=("a",))


def late() -> tuple[Seen, Stored]:
    return replace(told(), claims=[(0.01, 0.01), (0.03, 0.06)]), GOOD


def few() -> tuple[Seen, Stored]:
    return replace(told(), claims=[(0.5, 0.01), (1.0, 0.01)]), GOOD


def untold() -> tuple[Seen, Stored]:
    seen = told()
    del seen.decided["b"]
    return seen, GOOD


WRONG: list[tuple[str, Callable[[], tuple[Seen, Stored]]]] = [
    ("items that were decided twice: 1", lambda: (told(), replace(GOOD, decisions=("a", "a", "b")))),
    ("items that were decided twice: 1", twice_told),
    ("items that nobody was ever given: 1", lambda: (replace(told(), offered={"a"}), GOOD)),
    ("items that are not decided: 1", lambda: (told(), replace(GOOD, waiting=frozenset({"a"})))),
    ("accepted decisions that are not stored: 1", lost),
    ("stored decisions that nobody was told of: 1", untold),
    ("items that were judged by who uploaded the picture: 1", lambda: (told(), replace(GOOD, own=1))),
    ("2 claims a second were answered, and 60 came", few),
    ("p95 of a claim is 57.5 ms; it must be below 50 ms", late),
]


@pytest.mark.parametrize(("said", "happened"), WRONG)
def test_what_went_wrong_is_said(said: str, happened: Callable[[], tuple[Seen, Stored]]) -> None:
    assert missed(*happened()) == [said]
