"""Chaos in short: a handful of faults of every kind, and what a run that went wrong is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.outcome import Seen, document, misses, outcome
from tests.chaos.plan import Plan
from tests.chaos.run import Struck, run, schedule
from tests.chaos.world import KEY, WAYS, world
from worker.audit.findings import Finding, Trouble, Verified

SHORT = Plan(
    events=60,
    only=(
        "child-killed",
        "hook-killed",
        "broker-wiped",
        "database-killed",
        "worker-database-cut",
        "relay-platform-cut",
        "hook-broker-delayed",
        "storage-in-trouble",
        "storage-cut-in-mid-body",
        "object-replaced",
        "event-duplicated",
        "events-reordered",
        "clocks-forward",
    ),
    breath=0.4,
    patience=60,
)
SOUND = Verified(links=3, heads=1, pending=0, items=1, findings=())
STRUCK = Struck(accepted=frozenset({"a", "b"}), planned=2, decided=frozenset({("item", 1)}))
SEEN = Seen(
    states={"a": "done", "b": "refused"},
    unjudged=0,
    verdicts=[("uploads", "a.png", "1", "bundle")],
    items=[1],
    messages={"first": 1, "second": 2},
    told=[("uploads/a.png", "a", "first"), ("uploads/a.png", "a", "first"), ("uploads/a.png", "b", "second")],
    decisions=[("item", 1)],
    audit=SOUND,
)


@pytest.mark.stack
def test_every_accepted_event_ends_once_whatever_strikes() -> None:
    """Nothing is done by hand but waiting."""
    with world(SHORT.seed) as made:
        struck = run(SHORT, made)
        seen = Seen.read(made.engine, KEY, made.platform.taken)
    found = outcome(struck, seen)
    assert misses(struck, seen, found) == []
    assert list(document(found)) == [
        "events",
        "faults_planned",
        "faults_fired",
        "not_terminal",
        "duplicate_verdicts",
        "missing_review_items",
        "webhooks_out_of_order",
        "audit_intact",
    ]
    assert found.events >= SHORT.events
    assert struck.decided, "moderators were at work"
    assert (found.faults_planned, found.faults_fired) == (len(SHORT.only), len(SHORT.only))
    assert (found.not_terminal, found.duplicate_verdicts, found.missing_review_items) == (0, 0, 0)
    assert (found.webhooks_out_of_order, found.audit_intact) == (0, True)


def test_a_seed_gives_the_same_order_and_another_one_another() -> None:
    orders = [[fault.name for fault in schedule(Plan(seed=seed))] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert set(orders[0]) == {fault.name for fault in FAULTS}


def test_every_way_is_cut_and_delayed() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names))
    for way in (*WAYS, "platform-hook"):
        assert {f"{way}-cut", f"{way}-delayed"} <= set(names)


def test_a_run_in_which_all_went_well_missed_nothing() -> None:
    """A message that was delivered twice in a row is none out of order."""
    assert misses(STRUCK, SEEN, outcome(STRUCK, SEEN)) == []


def early() -> Seen:
    told = [("uploads/a.png", "b", "second"), ("uploads/a.png", "a", "first")]
    return replace(SEEN, told=told)


def told_twice() -> Seen:
    messages = {"first": 1, "second": 2, "third": 3}
    return replace(SEEN, messages=messages, told=[*SEEN.told, ("uploads/a.png", "a", "third")])


def edited() -> Seen:
    finding = Finding(trouble=Trouble.EDITED, where="link 1", detail="entry 1 has another hash")
    return replace(SEEN, audit=replace(SOUND, findings=(finding,)))


WRONG: list[tuple[str, Callable[[], Seen]]] = [
    ("accepted events that have not ended: 1", lambda: replace(SEEN, states={"a": "done", "b": "claimed"})),
    ("accepted events that have not ended: 1", lambda: replace(SEEN, states={"a": "done"})),
    ("verdicts or told ends too many: 1", lambda: replace(SEEN, verdicts=SEEN.verdicts * 2)),
    ("verdicts or told ends too many: 1", told_twice),
    ("events that are done without a verdict: 1", lambda: replace(SEEN, unjudged=1)),
    ("UNCERTAIN verdicts without their one review item: 2", lambda: replace(SEEN, items=[0, 1, 2])),
    ("accepted decisions that are not stored: 1", lambda: replace(SEEN, decisions=[])),
    ("items that were decided twice: 1", lambda: replace(SEEN, decisions=[("item", 1), ("item", 2)])),
    ("messages that came too early or too late: 1", early),
    ("messages that the platform never got: 1", lambda: replace(SEEN, told=SEEN.told[:2])),
    (
        "entries of the audit log that were not chained: 4",
        lambda: replace(SEEN, audit=replace(SOUND, pending=4)),
    ),
    ("audit log: link 1: entry 1 has another hash", edited),
    ("the audit log holds nothing", lambda: replace(SEEN, audit=replace(SOUND, links=0))),
]


@pytest.mark.parametrize(("said", "seen"), WRONG)
def test_what_went_wrong_is_said(said: str, seen: Callable[[], Seen]) -> None:
    assert misses(STRUCK, seen(), outcome(STRUCK, seen())) == [said]


def test_a_fault_that_did_not_strike_is_a_miss() -> None:
    struck = replace(STRUCK, failed={"child-killed": "waited in vain for a claim"})
    found = outcome(struck, SEEN)
    assert (found.faults_planned, found.faults_fired) == (2, 1)
    assert misses(struck, SEEN, found) == ["child-killed: it did not fire: waited in vain for a claim"]
