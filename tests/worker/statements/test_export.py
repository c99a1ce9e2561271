"""The export: hundred by hundred, once each, whatever dies in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import HumanLabel
from db.queries import statements
from detector.reasons import Fault
from tests.worker.inbox import Sessions
from tests.worker.statements.conftest import TERMS, by_machine, by_people
from worker.settings import Settings
from worker.statements import export as exporting
from worker.statements.export import export
from worker.statements.transparency import BATCH, broken_rules

GOOD: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_LABELLED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Terms of use, section 4",
    "incompatible_content_explanation": "Pictures made by a generator must be marked as such.",
    "incompatible_content_illegal": "No",
    "content_type": ["CONTENT_TYPE_IMAGE", "CONTENT_TYPE_SYNTHETIC_MEDIA"],
    "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "content_date": "2026-05-01",
    "application_date": "2026-05-01",
    "decision_facts": "The picture was uploaded on 2026-05-01.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_FULLY",
    "puid": "0190a1b2-0000-7000-8000-000000000000",
}


def entries(folder: Path) -> list[dict[str, Any]]:
    """All that was written, in order."""
    files = sorted(folder.glob("statements-*.json"))
    return [entry for file in files for entry in json.loads(file.read_text())["statements"]]


def run(sessions: Sessions, folder: Path, settings: Settings = TERMS) -> list[int]:
    return [written.statements for written in export(sessions, settings, folder)]


def test_everything_that_took_effect_is_exported_once(sessions: Sessions, tmp_path: Path) -> None:
    with sessions.begin() as session:
        machine = by_machine(session)
        people = by_people(session, "ann", "bob")
        by_people(session, "ann", label=HumanLabel.GENUINE)
        by_people(session, "ann", undo_seconds=60)
    assert run(sessions, tmp_path) == [2]
    assert run(sessions, tmp_path) == []
    found = {entry["puid"]: entry for entry in entries(tmp_path)}
    assert set(found) == {str(machine.verdict), str(people.decision)}
    assert found[str(machine.verdict)]["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert found[str(people.decision)]["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert all(broken_rules(entry) == [] for entry in found.values())
    with sessions.begin() as session:
        later = by_machine(session)
    assert run(sessions, tmp_path) == [1]
    assert entries(tmp_path)[-1]["puid"] == str(later.verdict)


def test_a_file_holds_a_hundred_at_most(sessions: Sessions, tmp_path: Path) -> None:
    with sessions.begin() as session:
        made = [str(by_machine(session).verdict) for _ in range(BATCH + 3)]
    assert run(sessions, tmp_path) == [BATCH, 3]
    assert sorted(entry["puid"] for entry in entries(tmp_path)) == sorted(made)


@pytest.mark.parametrize("dies_at", ["before the file", "after the file"])
def test_an_export_that_died_is_run_again_and_loses_and_repeats_nothing(
    sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    with sessions.begin() as session:
        made = [str(by_machine(session).verdict) for _ in range(5)]

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if dies_at == "before the file":
            broken.setattr(exporting, "_appear", die)
        else:
            broken.setattr(statements, "written", die)
        with pytest.raises(KeyboardInterrupt):
            run(sessions, tmp_path)
    with sessions.begin() as session:
        made.append(str(by_machine(session).verdict))
    assert run(sessions, tmp_path) == [5, 1]
    assert sorted(entry["puid"] for entry in entries(tmp_path)) == sorted(made)


def test_without_the_clause_nothing_is_exported(sessions: Sessions, tmp_path: Path) -> None:
    with sessions.begin() as session:
        by_machine(session)
    with pytest.raises(Fault, match="set ARTGATE_STATEMENT_GROUND and ARTGATE_STATEMENT_EXPLANATION"):
        run(sessions, tmp_path, Settings())
    assert list(tmp_path.iterdir()) == []


def test_an_entry_that_keeps_the_rules_breaks_none() -> None:
    assert broken_rules(GOOD) == []


@pytest.mark.parametrize("name", [name for name in GOOD if name != "incompatible_content_illegal"])
def test_each_member_that_is_asked_for_is_missed(name: str) -> None:
    assert f"{name} is missing" in broken_rules({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"decision_facts": "a" * 5001}, "decision_facts has more than 5000 characters"),
        ({"incompatible_content_ground": "a" * 501}, "incompatible_content_ground has more than 500"),
        ({"incompatible_content_explanation": "a" * 2001}, "explanation has more than 2000"),
        ({"decision_visibility": ["REMOVED"]}, "decision_visibility can't be 'REMOVED'"),
        ({"category": "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE"}, "category can't be"),
        ({"content_type": ["CONTENT_TYPE_PICTURE"]}, "content_type can't be"),
        ({"territorial_scope": ["UK"]}, "territorial_scope can't be 'UK'"),
        ({"automated_detection": "yes"}, "automated_detection can't be 'yes'"),
        ({"automated_decision": "FULLY"}, "automated_decision can't be 'FULLY'"),
        ({"content_date": "1999-12-31"}, "content_date does not lie from 2000-01-01"),
        ({"application_date": "2019-12-31"}, "application_date does not lie from 2020-01-01"),
        ({"content_date": "01.05.2026"}, "content_date is no date"),
        ({"puid": "a/b"}, "puid has other characters"),
        ({"puid": "a" * 501}, "puid has more than 500"),
    ],
)
def test_each_rule_finds_its_breach(changed: dict[str, Any], says: str) -> None:
    assert any(says in each for each in broken_rules(GOOD | changed))


@given(
    st.sampled_from(sorted(GOOD)), st.one_of(st.none(), st.text(max_size=20), st.lists(st.text(max_size=9)))
)
def test_no_entry_makes_the_check_itself_fail(name: str, value: object) -> None:
    assert isinstance(broken_rules(GOOD | {name: value}), list)
