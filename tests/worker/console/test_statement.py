"""The page of a statement of reasons: for who may see the decision, and while it holds."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from db.models import HumanLabel
from db.models.accounts import Role
from db.queries.signals import Signals
from tests.worker.access.people import account, bearer
from tests.worker.console.browser import Page
from tests.worker.console.conftest import HOST, Asking, NewBrowser, asker
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import decided, fresh_key
from worker.console.app import make_app
from worker.review import signals
from worker.settings import Settings

NewDecided = Callable[..., tuple[UUID, str]]


@pytest.fixture
def asking(new_browser: NewBrowser, sessions: Sessions) -> Asking:
    return asker(new_browser().client, sessions)


@pytest.fixture
def new_decided(sessions: Sessions) -> NewDecided:
    """Makes an item that a person has settled; gives its id and its object's key."""

    def make(label: HumanLabel = HumanLabel.SYNTHETIC, undo_seconds: float = 0.0) -> tuple[UUID, str]:
        key = fresh_key()
        with sessions.begin() as session:
            item = file_uncertain(session, "uploads", key).item
        decided(sessions, item, label, undo_seconds=undo_seconds)
        return item, key

    return make


def path_of(item: UUID) -> str:
    return f"/console/items/{item}/statement"


def linked(client: TestClient, item: UUID) -> bool:
    return path_of(item) in client.get(f"/console/items/{item}").text


@pytest.mark.parametrize("role", [Role.SENIOR, Role.ADMIN, Role.AUDITOR])
def test_a_decided_item_leads_to_its_reasons(asking: Asking, new_decided: NewDecided, role: Role) -> None:
    item, _ = new_decided()
    client = asking(role)
    assert linked(client, item)
    page = Page(client.get(path_of(item)).text)
    for said in (
        "A person looked at it and found that it was made by a generator.",
        "A program brought the picture before people, who took the decision.",
        "Decided by automated meanspartially",
        "An appeal can be filed with the platform",
        "The clause of the platform's terms is missing: set ARTGATE_STATEMENT_GROUND",
    ):
        assert said in " ".join(page.text.split()), said


def test_the_platforms_terms_are_part_of_it(
    settings: Settings, sessions: Sessions, new_decided: NewDecided
) -> None:
    terms = {
        "statement_ground": "Terms of use, section 4",
        "statement_explanation": "Generated pictures are not sold here.",
        "statement_terms_url": "https://shop.example/terms",
        "statement_countries": ("DE", "FR"),
    }
    item, _ = new_decided()
    with TestClient(make_app(settings.model_copy(update=terms), sessions), base_url=HOST) as client:
        page = Page(client.get(path_of(item), headers=bearer(sessions, account(sessions, Role.AUDITOR))).text)
    text = " ".join(page.text.split())
    assert "Terms of use, section 4. Generated pictures are not sold here. https://shop.example/terms" in text
    assert "It holds in DE, FR, without an end." in text
    assert "is missing" not in text


@pytest.mark.parametrize("label", [HumanLabel.GENUINE, HumanLabel.CANNOT_TELL])
def test_what_accuses_nobody_has_no_reasons(
    asking: Asking, new_decided: NewDecided, label: HumanLabel
) -> None:
    item, _ = new_decided(label)
    client = asking(Role.SENIOR)
    assert not linked(client, item)
    answer = client.get(path_of(item))
    assert answer.status_code == 404
    assert "there are no reasons to state" in answer.text


def test_a_decision_that_may_yet_be_taken_back_has_no_reasons(
    asking: Asking, new_decided: NewDecided
) -> None:
    item, _ = new_decided(undo_seconds=60)
    client = asking(Role.AUDITOR)
    assert not linked(client, item)
    assert client.get(path_of(item)).status_code == 404


def test_who_may_judge_an_appeal_is_not_told_the_reasons_of_the_first_decision(
    asking: Asking, new_decided: NewDecided, sessions: Sessions
) -> None:
    item, key = new_decided()
    with sessions.begin() as session:
        assert signals.note(session, "uploads", key, Signals(appealed_by="artist")) == [item]
    client = asking(Role.SENIOR)
    assert not linked(client, item)
    assert client.get(path_of(item)).status_code == 404


def test_a_moderator_finds_no_link(asking: Asking, new_decided: NewDecided) -> None:
    item, _ = new_decided()
    client = asking(Role.MODERATOR)
    assert not linked(client, item)
    assert client.get(path_of(item)).status_code == 403
