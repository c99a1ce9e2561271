"""``artgate person`` on real PostgreSQL, as an operator types it."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

from db.models import ErasureScope
from db.queries import erasures
from db.queries.erasures import Subject
from migrations.grants import Role
from migrations.roles import make_roles
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions
from tests.worker.person.conftest import REVIEWER, person
from worker import erasure
from worker.clock import new_id


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit log's."""
    monkeypatch.setenv("ARTGATE_AUDIT_KEYS", "k" * 64)


def test_everything_of_a_person_is_written_then_forgotten_and_the_log_still_holds(
    artgate: Artgate, sessions: Sessions, tmp_path: Path, key: None
) -> None:
    someone = person(sessions)
    artgate("audit", "chain")
    out = tmp_path / "of-them"
    written = artgate("person", "export", someone.name, "--out", out)
    assert written.status == 0, written.err
    assert "give the folder to" in written.out
    assert (out / "decisions.jsonl").is_file()
    assert not [each for each in out.iterdir() if REVIEWER.lower() in each.read_text().lower()]

    report = json.loads(artgate("person", "erase", someone.name, "--yes", "--format", "json").out)
    assert report["state"] == "done"
    assert report["erased"] == {
        "images": 1,
        "features": 1,
        "events": 2,
        "items": 1,
        "notes": 2,
        "appeals": 1,
        "evidence": 1,
        "messages": 1,
        "precedents": 0,
    }
    assert {name: each["rows"] for name, each in report["stays"].items() if each["rows"] is not None} == {
        "verdicts": 1,
        "decisions": 1,
    }
    assert all(each["why"] for each in report["stays"].values())
    artgate("audit", "chain")
    assert artgate("audit", "verify").out.endswith("Everything is as it was written.\n")
    again = artgate("person", "export", someone.name, "--out", tmp_path / "again")
    assert (again.status, again.out) == (3, "")
    assert "nothing of this person is stored here" in again.err
    gone = artgate("person", "erase", someone.name, "--yes")
    assert (gone.status, gone.out) == (3, "")


def test_the_report_reads_as_sentences(artgate: Artgate, sessions: Sessions) -> None:
    someone = person(sessions)
    told = artgate("person", "erase", someone.name, "--yes").out
    assert "erased\n" in told
    assert "stays\n" in told
    assert "1: what the models said" in told.replace("\n", " ")


def test_nothing_is_erased_unless_it_is_meant(
    artgate: Artgate, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = person(sessions)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert artgate("person", "erase", someone.name).status != 0
    with sessions() as session:
        subject = Subject(scope=ErasureScope.UPLOADER, uploader=someone.name)
        assert erasures.is_known(session, subject)


def test_a_role_that_may_not_erase_leaves_it_to_the_sweeper(
    artgate: Artgate, sessions: Sessions, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator asks and waits; without a sweeper it says where to ask again."""
    made = make_roles(database, passwords_for=frozenset({Role.OPERATOR}))
    url = make_url(database).set(username=Role.OPERATOR, password=made.passwords[Role.OPERATOR])
    someone, other = person(sessions), person(sessions)
    monkeypatch.setenv("ARTGATE_DATABASE_URL", url.render_as_string(hide_password=False))

    alone = artgate("person", "erase", someone.name, "--yes", "--wait", "0")
    assert alone.status == 0, alone.err
    assert "artgate api erased" in alone.err
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(sessions, stop))
    sweeper.start()
    done = artgate("person", "erase", other.name, "--yes", "--format", "json")
    stop.set()
    sweeper.join()
    assert json.loads(done.out)["state"] == "done"


def _sweep(sessions: Sessions, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        erasure.proceed_oldest(sessions)


def test_a_person_without_anything_is_said(artgate: Artgate, tmp_path: Path) -> None:
    out = tmp_path / "nobody"
    refused = artgate("person", "export", f"nobody-{new_id()}", "--out", out)
    assert (refused.status, refused.out) == (3, "")
    assert not (out / "README.md").exists()
