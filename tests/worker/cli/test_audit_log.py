"""``artgate audit`` on real PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.worker.cli.conftest import Artgate
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id

JSONL = ("--format", "jsonl")


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The key lies in a file."""
    file = tmp_path / "audit.key"
    file.write_text("k" * 64 + "\n")
    monkeypatch.setenv("ARTGATE_AUDIT_KEYS_FILE", str(file))


def file_one(sessions: Sessions) -> None:
    with sessions.begin() as session:
        file_uncertain(session, "uploads", f"{new_id()}.png")


@pytest.mark.usefixtures("key")
def test_the_log_is_chained_exported_verified_and_a_cut_is_found(
    artgate: Artgate, sessions: Sessions, tmp_path: Path
) -> None:
    """What an operator types, in that order."""
    file_one(sessions)
    assert artgate("audit", "chain").out.endswith("chained\n")
    assert artgate("audit", "chain").out == "nothing waits to be chained\n"
    first = artgate("audit", "heads").lines
    file_one(sessions)
    assert artgate("audit", "verify").out.endswith("Everything is as it was written.\n")
    artgate("audit", "chain")
    kept = tmp_path / "heads.jsonl"
    kept.write_text(artgate("audit", "heads").out)
    assert artgate("audit", "heads", "--after", first[-1]["number"]).lines == [
        json.loads(line) for line in kept.read_text().splitlines()[len(first) :]
    ]
    assert artgate("audit", "verify", "--heads", kept).status == 0
    with sessions.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM audit_heads WHERE number > :n"), {"n": first[-1]["number"]})
        session.execute(text("DELETE FROM audit_links WHERE number > :n"), {"n": first[-1]["number"]})
        session.execute(text("DELETE FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_links)"))
        session.execute(text("DELETE FROM review_items WHERE id NOT IN (SELECT subject FROM audit_entries)"))
    assert artgate("audit", "verify").status == 0
    cut = artgate("audit", "verify", "--heads", kept, *JSONL)
    assert (cut.status, [line["trouble"] for line in cut.lines]) == (1, ["cut"])
    assert "not as written" in artgate("audit", "verify", "--heads", kept).out


def test_without_a_key_it_says_what_to_set(artgate: Artgate) -> None:
    for command in ("chain", "verify"):
        refused = artgate("audit", command)
        assert (refused.status, "ARTGATE_AUDIT_KEYS" in refused.err) == (2, True)


def test_a_short_key_is_no_key(artgate: Artgate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTGATE_AUDIT_KEYS", "secret")

    refused = artgate("audit", "chain")

    assert (refused.status, "openssl rand -hex 32" in refused.err, "secret" in refused.err) == (
        2,
        True,
        False,
    )


@pytest.mark.usefixtures("key")
def test_a_file_of_something_else_is_refused(artgate: Artgate, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    file.write_text('{"number": 1}\n')

    refused = artgate("audit", "verify", "--heads", file)

    assert (refused.status, "line 1" in refused.err) == (3, True)
