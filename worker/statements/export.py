"""Writes statements as files that can be posted to the Transparency Database as they are.

What belongs to a batch is fixed in the database before its file is written, and the file appears whole or not
at all. So an export that dies is simply run again: it writes the same batch once more, and no statement is
left out or comes twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from db.queries import statements
from detector.reasons import Fault, Reason
from worker.settings import Settings
from worker.statements.statement import state
from worker.statements.transparency import BATCH, broken_rules, entry_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file."""

    file: Path
    statements: int


def export(
    sessions: sessionmaker[Session], settings: Settings, folder: Path, *, since: datetime | None = None
) -> Iterator[Written]:
    """Write everything that was never exported, a file for each hundred.

    Args:
        sessions: on the database.
        settings: what the statements say of the platform.
        folder: where the files go; it is made where it is missing.
        since: nothing older, where nothing was exported before.

    Raises:
        Fault: ``settings_invalid``: the clause that decisions rest on is not set, or an entry breaks a rule
            of the database; nothing of its batch is written.
    """
    if settings.statement_ground is None or settings.statement_explanation is None:
        raise Fault(
            Reason.SETTINGS_INVALID,
            "the Transparency Database asks for the clause that decisions rest on: set "
            "ARTGATE_STATEMENT_GROUND and ARTGATE_STATEMENT_EXPLANATION",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with sessions() as session:
        left = statements.unwritten(session)
    for number in left:
        yield _write(sessions, settings, folder, number)
    while True:
        with sessions.begin() as session:
            fixed = statements.reserve(session, since=since, limit=BATCH)
        if fixed is None:
            return
        yield _write(sessions, settings, folder, fixed)


def _write(sessions: sessionmaker[Session], settings: Settings, folder: Path, number: int) -> Written:
    with sessions() as session:
        entries = [_entry(session, settings, each) for each in statements.members(session, number)]
    file = folder / f"statements-{number:06d}.json"
    _appear(file, json.dumps({"statements": entries}, ensure_ascii=False, indent=1) + "\n")
    with sessions.begin() as session:
        statements.written(session, number)
    return Written(file=file, statements=len(entries))


def _entry(session: Session, settings: Settings, subject_id: Any) -> dict[str, Any]:
    facts = statements.find(session, subject_id)
    assert facts is not None, "what took effect is never taken back"
    entry = entry_of(state(facts, settings))
    broken = broken_rules(entry)
    if broken:
        raise Fault(
            Reason.SETTINGS_INVALID,
            f"the statement {subject_id} would be refused: {'; '.join(broken)}; correct the settings "
            "ARTGATE_STATEMENT_... and run it again",
        )
    return entry


def _appear(file: Path, text: str) -> None:
    """Write a file that is never seen half written."""
    partial = file.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
