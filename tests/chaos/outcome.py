"""What a run came to, and where it missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, text

from db.engine import make_sessions
from tests.chaos.run import Struck
from tests.worker.receiver import Received
from worker.audit.findings import Verified
from worker.audit.form import Keyring
from worker.audit.verifier import verify

_TERMINAL = frozenset({"done", "refused", "dead", "noted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the database and the platform hold at the end."""

    states: dict[str, str]
    """State of each event by its id."""
    unjudged: int
    """Events that are done and whose picture has no verdict."""
    verdicts: list[tuple[str, ...]]
    """Of each verdict the object version and the bundle that it is about."""
    items: list[int]
    """How many review items each UNCERTAIN verdict has."""
    messages: dict[str, int]
    """Position of each message of the outbox by its delivery id."""
    told: list[tuple[str, str, str]]
    """Subject, what is told of (an event's end, or a decision on it) and delivery id of each message that the
    platform took, in their order."""
    decisions: list[tuple[str, int]]
    """Item and lease number of each decision."""
    audit: Verified
    """What a verification of the audit log finds."""

    @classmethod
    def read(cls, engine: Engine, key: str, taken: Iterable[Received]) -> Seen:
        """All of it."""
        with engine.connect() as connection:

            def ask(query: str) -> list[Any]:
                return list(connection.execute(text(query)))

            return cls(
                states={str(row[0]): row[1] for row in ask("SELECT id, state FROM events")},
                unjudged=ask(_UNJUDGED)[0][0],
                verdicts=[tuple(map(str, row)) for row in ask(_VERDICTS)],
                items=[row[0] for row in ask(_ITEMS)],
                messages={str(row[0]): row[1] for row in ask("SELECT id, position FROM outbox")},
                told=[_told(got.json) for got in taken],
                decisions=[(str(row[0]), row[1]) for row in ask(_DECISIONS)],
                audit=_verified(engine, key),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The figures of a run."""

    events: int
    """Events that were accepted."""
    faults_planned: int
    faults_fired: int
    not_terminal: int
    """Accepted events that have not ended, or that the database does not know."""
    duplicate_verdicts: int
    """Verdicts beyond the first of an object version and a bundle, and ends told beyond an event's first."""
    missing_review_items: int
    """UNCERTAIN verdicts that have not exactly one item."""
    webhooks_out_of_order: int
    """Messages that came after a later one of the same object."""
    audit_intact: bool


def outcome(struck: Struck, seen: Seen) -> Outcome:
    """The figures, of what was accepted and what is there."""
    return Outcome(
        events=len(struck.accepted),
        faults_planned=struck.planned,
        faults_fired=struck.fired,
        not_terminal=sum(seen.states.get(event) not in _TERMINAL for event in struck.accepted),
        duplicate_verdicts=len(seen.verdicts) - len(set(seen.verdicts)) + _told_twice(seen),
        missing_review_items=sum(count != 1 for count in seen.items),
        webhooks_out_of_order=_out_of_order(seen),
        audit_intact=not seen.audit.findings and seen.audit.pending == 0 and seen.audit.links > 0,
    )


def misses(struck: Struck, seen: Seen, found: Outcome) -> list[str]:
    """A line for each thing that is not as it must be."""
    untold = seen.messages.keys() - {delivery for _, _, delivery in seen.told}
    wrong = {
        "accepted events that have not ended": found.not_terminal,
        "verdicts or told ends too many": found.duplicate_verdicts,
        "events that are done without a verdict": seen.unjudged,
        "UNCERTAIN verdicts without their one review item": found.missing_review_items,
        "messages that came too early or too late": found.webhooks_out_of_order,
        "messages that the platform never got": len(untold),
        "accepted decisions that are not stored": len(struck.decided - set(seen.decisions)),
        "items that were decided twice": len(seen.decisions) - len({item for item, _ in seen.decisions}),
        "entries of the audit log that were not chained": seen.audit.pending,
    }
    said = [f"{name}: it did not fire: {why}" for name, why in struck.failed.items()]
    said += [f"{what}: {count:,}" for what, count in wrong.items() if count]
    said += [f"audit log: {each.where}: {each.detail}" for each in seen.audit.findings]
    if not seen.audit.links:
        said.append("the audit log holds nothing")
    return said


def table(seen: Seen) -> str:
    """How the events ended, a line each."""
    ends: dict[str, int] = defaultdict(int)
    for state in seen.states.values():
        ends[state] += 1
    lines = {f"events that are {state}": count for state, count in sorted(ends.items())}
    lines |= {"verdicts": len(seen.verdicts), "review items of UNCERTAIN": sum(seen.items)}
    lines |= {"decisions of moderators": len(seen.decisions)}
    lines |= {"messages": len(seen.messages), "deliveries, repeated ones too": len(seen.told)}
    lines |= {"links of the audit log": seen.audit.links}
    return "\n".join(f"{name:<30}{count:>8,}" for name, count in lines.items())


def document(found: Outcome) -> dict[str, Any]:
    """The figures as a JSON object's members."""
    return asdict(found)


_DECISIONS = "SELECT item_id, lease_number FROM decisions"
_UNJUDGED = """
SELECT count(*) FROM events
 WHERE state = 'done' AND NOT EXISTS (SELECT FROM verdicts WHERE verdicts.image_id = events.image_id)
"""
_VERDICTS = """
SELECT bucket, key, object_version, bundle_id FROM verdicts JOIN images ON images.id = verdicts.image_id
"""
_ITEMS = """
SELECT (SELECT count(*) FROM review_items WHERE review_items.verdict_id = verdicts.id)
  FROM verdicts WHERE label = 'UNCERTAIN'
"""


def _verified(engine: Engine, key: str) -> Verified:
    with make_sessions(engine)() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return verify(session, Keyring([key.encode()]))


def _told(body: dict[str, Any]) -> tuple[str, str, str]:
    about = f"{'decision' if body['type'] == 'decision' else 'end'} of {body['event_id']}"
    return f"{body['bucket']}/{body['key']}", about, body["delivery"]


def _told_twice(seen: Seen) -> int:
    """Ends and decisions that were told of an event beyond the first; a repeated delivery is none."""
    ends: dict[str, set[str]] = defaultdict(set)
    for _, about, delivery in seen.told:
        ends[about].add(delivery)
    return sum(len(deliveries) - 1 for deliveries in ends.values())


def _out_of_order(seen: Seen) -> int:
    latest: dict[str, int] = defaultdict(int)
    wrong = 0
    for subject, _, delivery in seen.told:
        position = seen.messages.get(delivery, 0)
        wrong += position < latest[subject]
        latest[subject] = max(latest[subject], position)
    return wrong
