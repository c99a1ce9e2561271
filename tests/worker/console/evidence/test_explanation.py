"""The same as data, for scripts."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from db.models import HumanLabel
from db.queries import policies
from tests.worker.access.people import account, bearer
from tests.worker.console.conftest import NewBrowser
from tests.worker.console.evidence.conftest import Look, ScanItem, Scanned
from tests.worker.inbox import Sessions
from worker.review import blinding, desk


class Script:
    """A program that asks under a moderator's token."""

    def __init__(self, client: TestClient, sessions: Sessions) -> None:
        self.name = account(sessions)
        self._client = client
        self._headers = bearer(sessions, self.name)

    def get(self, path: str) -> Any:
        """Ask for a path."""
        return self._client.get(path, headers=self._headers)


@pytest.fixture
def script(new_browser: NewBrowser, sessions: Sessions) -> Script:
    return Script(new_browser().client, sessions)


def test_the_explanation_is_that_of_the_page(script: Script, look: Look, scan_item: ScanItem) -> None:
    scanned = scan_item()
    grounds = look(scanned).grounds
    assert grounds is not None
    assert grounds.explanation is not None
    answer = script.get(f"/v1/review/items/{scanned.item}/explanation").json()
    assert answer == {
        "explanation": grounds.explanation.as_json(),
        "trouble": None,
        "provenance": [],
        "provenance_trouble": None,
    }


def test_fresh_links_show_the_picture(script: Script, scan_item: ScanItem) -> None:
    links = script.get(f"/v1/review/items/{scan_item().item}/picture").json()
    assert (links["width"], links["height"]) == (90, 80)
    for name in ("fit_url", "full_url", "thumb_url", "blurred_url"):
        answer = script.get(links[name])
        assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (200, "image")


def test_an_own_matter_is_refused(script: Script, scan_item: ScanItem) -> None:
    mine = scan_item(uploader=script.name)
    for part in ("explanation", "picture"):
        answer = script.get(f"/v1/review/items/{mine.item}/{part}")
        assert (answer.status_code, answer.json()["reason"]) == (403, "conflict_of_interest")


def test_nothing_is_told_before_a_first_opinion_where_one_is_asked_for(
    script: Script, scan_item: ScanItem, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        policies.append(session, {"queues": [{"name": "main", "hide_scores_until_opinion": True}]})
    try:
        scanned = scan_item()
        path = f"/v1/review/items/{scanned.item}/explanation"
        assert script.get(path).json() == {
            "explanation": None,
            "trouble": None,
            "provenance": [],
            "provenance_trouble": None,
        }
        opine(sessions, scanned, script.name)
        assert script.get(path).json()["explanation"] is not None
    finally:
        with sessions.begin() as session:
            policies.append(session, {})


def opine(sessions: Sessions, scanned: Scanned, name: str) -> None:
    """Claim an item and say what one thinks."""
    with sessions.begin() as session:
        item = desk.claim(session, scanned.item, name, lease_seconds=60)
        blinding.opine(session, scanned.item, name, item.lease_number, HumanLabel.GENUINE)
