"""``artgate statements``, ``artgate feedback`` and ``artgate labels`` on one installation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import make_engine, make_sessions
from db.models import HumanLabel, VerdictLabel
from tests.db import factories
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions
from tests.worker.review import test_sampling as lots
from tests.worker.statements.conftest import by_machine
from worker.clock import new_id
from worker.settings import Settings


@pytest.fixture
def own(settings: Settings) -> Iterator[Sessions]:
    """Sessions on the database of the command."""
    engine = make_engine(settings.database_url.get_secret_value())
    yield make_sessions(engine)
    engine.dispose()


def test_reasons_are_shown_and_exported(
    artgate: Artgate, own: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own.begin() as session:
        accused = by_machine(session)
    shown = artgate("statements", "show", accused.verdict)
    assert "no person has looked at it" in shown.out
    (told,) = artgate("statements", "show", accused.verdict, "--format", "json").lines
    assert (told["automated_decision"], told["ground"]) == ("fully", None)
    refused = artgate("statements", "export", tmp_path)
    assert (refused.status, refused.out) == (2, "")
    assert "set ARTGATE_STATEMENT_GROUND" in refused.err
    monkeypatch.setenv("ARTGATE_STATEMENT_GROUND", "Terms of use, section 4")
    monkeypatch.setenv("ARTGATE_STATEMENT_EXPLANATION", "Such pictures must be marked.")
    monkeypatch.setenv("ARTGATE_STATEMENT_COUNTRIES", "de, FR")
    assert "1 statement exported" in artgate("statements", "export", tmp_path).out
    assert "nothing is new" in artgate("statements", "export", tmp_path).out
    (file,) = tmp_path.glob("*.json")
    (entry,) = json.loads(file.read_text())["statements"]
    assert (entry["puid"], entry["territorial_scope"]) == (str(accused.verdict), ["DE", "FR"])
    unknown = artgate("statements", "show", new_id())
    assert (unknown.status, unknown.out) == (3, "")
    assert "no SYNTHETIC of the id" in unknown.err


def test_errors_are_told_by_bundle_with_intervals(artgate: Artgate, own: Sessions) -> None:
    assert "nothing is known yet" in artgate("feedback").out
    with own.begin() as session:
        bundle = factories.bundle(session, name="starter")
        accused = [lots.verdict(session, VerdictLabel.SYNTHETIC, bundle) for _ in range(4)]
        lots.draw(session)
        drawn = lots.sampled(session)
        for number, each in enumerate(accused):
            label = HumanLabel.GENUINE if number == 0 else HumanLabel.SYNTHETIC
            lots.decide(session, drawn[each].item_id, label)
    told = artgate("feedback", "--now", "--format", "jsonl").lines
    wrongly = next(line for line in told if line.get("measure") == "accused_wrongly")
    assert (wrongly["count"], wrongly["total"], wrongly["rate"]) == (1, 4, 0.25)
    assert wrongly["low"] < 0.25 < wrongly["high"]
    (tenth,) = artgate("feedback", "--calibration", "--format", "jsonl").lines
    assert (tenth["from"], tenth["said"], tenth["found"]) == (0.9, 0.9, 0.75)
    assert len(artgate("feedback", "--course", bundle[:8], "--format", "jsonl").lines) == len(told)
    assert "0 bundles with figures" in artgate("feedback", "--course", "zz").err


def test_labels_say_what_could_not_be_had(artgate: Artgate, tmp_path: Path) -> None:
    """The pictures of these tests were never in a bucket."""
    done = artgate("labels", "export", tmp_path)
    assert "none of the decided pictures can be had any more" in done.out
    assert (tmp_path / "manifest.csv").read_text().startswith("path,label,group,domain")
