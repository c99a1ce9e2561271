"""What the log says of items and decisions, derived entry by entry, held against the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import audit, witnesses
from db.queries.audit import Entry
from worker.audit.findings import Finding, Trouble

Facts = dict[str, Any]

_ITEMS = ("item_opened", "item_changed", "item_deleted")
_RECORDS = {
    "decided": ("decision", "id"),
    "taken_back": ("retraction", "decision_id"),
    "act": ("act", "id"),
    "first_opinion": ("first opinion", "id"),
}


def items_by_log(entries: Iterable[Entry]) -> dict[UUID, Facts]:
    """The state of every item, by its entries in the order of their ids."""
    states: dict[UUID, Facts] = {}
    for entry in entries:
        assert entry.subject is not None, "entries of items name the item"
        if entry.kind == "item_deleted":
            states.pop(entry.subject, None)
        else:
            states[entry.subject] = entry.body
    return states


def compare(session: Session) -> tuple[int, list[Finding]]:
    """How many items the log knows, and where rows are not as it says."""
    erased = {entry.body["pseudonym"] for entry in audit.of_kinds(session, ("reviewer_erased",))}
    states = items_by_log(audit.of_kinds(session, _ITEMS))
    count = len(states)
    rows = ((item_id, _plain(facts)) for item_id, facts in witnesses.items(session))
    findings = list(_differences("item", states, rows, erased))
    for kind, (name, key) in _RECORDS.items():
        said = {UUID(entry.body[key]): entry.body for entry in audit.of_kinds(session, (kind,))}
        stored = ((row_id, _plain(facts)) for row_id, facts in witnesses.records(session, name))
        findings += _differences(name, said, stored, erased)
    findings += _notes(session)
    return count, findings


def _differences(
    name: str, said: dict[UUID, Facts], stored: Iterable[tuple[UUID, Facts]], erased: set[str]
) -> Iterator[Finding]:
    """Compares each row with what is said of it; what is left of ``said`` has no row.

    Who a pseudonym stood for is no longer known where its reviewer was erased. Members that an earlier
    release did not log are passed over.
    """
    for row_id, facts in stored:
        expected = said.pop(row_id, None)
        where = f"{name} {row_id}"
        if expected is None:
            yield _found(where, "the log says nothing of it")
            continue
        differ = sorted(
            member
            for member in facts
            if member in expected
            and facts[member] != expected[member]
            and str(expected[member]) not in erased
        )
        if differ:
            was = ", ".join(f"{member} {expected.get(member)!r}, not {facts[member]!r}" for member in differ)
            yield _found(where, f"the log says {was}")
    for row_id in said:
        yield _found(f"{name} {row_id}", "the log tells of it, and it is gone")


def _notes(session: Session) -> Iterator[Finding]:
    """Texts that are still there must have the digest that was logged."""
    logged = {
        UUID(entry.body["id"]): entry.body.get("note")
        for entry in audit.of_kinds(session, ("decided", "act"))
    }
    for row_id, digest in witnesses.note_digests(session):
        if logged.get(row_id) != digest:
            yield _found(f"note of {row_id}", "the text is not the one that was logged")


def _plain(facts: Facts) -> Facts:
    """Values as the log writes them."""
    return {name: _word(value) for name, value in facts.items()}


def _word(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID | str) else value


def _found(where: str, detail: str) -> Finding:
    return Finding(trouble=Trouble.STATE, where=where, detail=detail)
