"""The page of feedback: the figures that the sweeper keeps, drawn and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from db.models.accounts import Role
from db.queries import bundles, policies
from tests.worker.access.people import account, bearer
from tests.worker.console.browser import Page
from tests.worker.console.conftest import HOST
from tests.worker.console.measured import add_bundle, add_day, some_verdicts
from tests.worker.inbox import Sessions
from worker.console.app import make_app
from worker.console.figures.feedback import gather
from worker.settings import Settings

FEEDBACK = "/console/feedback"
ACTIVE, RETIRED = "ab" * 32, "cd" * 32
FIRST = dt.date(2026, 5, 1)


@pytest.fixture
def sessions(own_sessions: Sessions) -> Sessions:
    """A database of this test alone: with nothing in it."""
    return own_sessions


@pytest.fixture
def measured(sessions: Sessions) -> Sessions:
    """Two bundles: the one that judges, with three days, and one that did, with a newer day."""
    with sessions.begin() as session:
        add_bundle(session, ACTIVE, "spring")
        add_bundle(session, RETIRED, "winter")
        bundles.activate(session, ACTIVE)
        for number, wrong in enumerate((4, 2, 1)):
            add_day(session, ACTIVE, FIRST + dt.timedelta(number), some_verdicts(wrong, 20 - wrong))
        add_day(session, RETIRED, FIRST + dt.timedelta(5), some_verdicts(5, 5))
    return sessions


@pytest.fixture
def client(settings: Settings, sessions: Sessions) -> Iterator[TestClient]:
    """A senior's."""
    with TestClient(make_app(settings, sessions), base_url=HOST) as made:
        made.headers.update(bearer(sessions, account(sessions, Role.SENIOR)) | {"Accept": "text/html"})
        yield made


def drawn(page: Page) -> list[str]:
    """Keys of the charts."""
    labels = (given["aria-labelledby"] or "" for tag, given in page.tags if tag == "svg")
    return [label.split()[0].removesuffix("-title") for label in labels]


def words(page: Page) -> str:
    return " ".join(page.text.split())


def test_the_bundle_that_judges_is_shown_with_its_errors_calibration_and_course(
    client: TestClient, measured: Sessions
) -> None:
    page = Page(client.get(FEEDBACK).text)
    assert "Errors of spring abababababab" in words(page)
    assert "called SYNTHETIC, found genuine5.0 % 1 of 20; 0.9 % to 23.6 %" in words(page)
    assert "called GENUINE, found synthetic5.0 % 2 of 40; 1.4 % to 16.5 %" in words(page)
    assert "Left to people, who found synthetic70.0 % 14 of 20" in words(page)
    assert "People could not tell1.2 % 1 of 81" in words(page)
    assert drawn(page) == ["bundles", "errors", "calibration", "accused-course", "missed-course"]
    assert sum(tag == "table" for tag, _ in page.tags) == 1 + len(drawn(page)), "each has its figures beside"
    assert not any("style" in given for _, given in page.tags)


def test_another_bundle_is_a_link_away(client: TestClient, measured: Sessions) -> None:
    page = Page(client.get(FEEDBACK).text)
    links = [given.get("href") for tag, given in page.tags if tag == "a"]
    (link,) = [each for each in links if each and each.startswith(f"{FEEDBACK}?")]
    other = Page(client.get(str(link)).text)
    assert "Errors of winter cdcdcdcdcdcd" in words(other)
    assert "found genuine50.0 % 5 of 10" in words(other)
    assert drawn(other) == ["bundles", "errors", "calibration"], "one day is no course"
    assert "A course needs figures of two days at least." in words(other)


def test_a_bundle_of_which_nothing_is_known_is_refused(client: TestClient, measured: Sessions) -> None:
    answer = client.get(FEEDBACK, params={"bundle": "ef" * 32})
    assert answer.status_code == 404
    assert "nothing is known of how often that bundle errs" in answer.text.lower()


def test_the_figures_are_those_that_were_kept(measured: Sessions) -> None:
    with measured() as session:
        found = gather(session, None)
    assert found.chosen is not None
    assert [day.accused_wrongly.value for day in found.course] == [0.2, 0.1, 0.05]
    assert {each.name for each in found.newest} == {"winter", "spring"}
    tenths = {round(each.begin, 1): each for each in found.chosen.calibration}
    assert tenths[0.9].found == 1.0
    assert (tenths[0.9].verdicts, tenths[0.9].standing_for) == (10, 20.0)
    assert (tenths[0.8].verdicts, tenths[0.8].found) == (10, 0.9)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({}, "No confident verdict is drawn"),
        ({"genuine_share": 0.1}, "No SYNTHETIC verdict is drawn"),
        ({"synthetic_share": 0.1}, "No GENUINE verdict is drawn"),
        (
            {"genuine_share": 0.01, "synthetic_share": 0.1},
            "Drawn now: 10.0 % of the SYNTHETIC verdicts and 1.0 %",
        ),
    ],
)
def test_the_page_says_what_the_lot_leaves_unseen(
    client: TestClient, sessions: Sessions, shares: dict[str, float], said: str
) -> None:
    blind = {"name": "blind", "hide_scores_until_opinion": True}
    policy = {"queues": [{"name": "main"}, blind], "audit": shares | {"queue": "blind"}} if shares else {}
    with sessions.begin() as session:
        policies.append(session, policy)
    assert said in words(Page(client.get(FEEDBACK).text))


def test_an_installation_that_knows_nothing_yet_says_how_it_comes_to_know(client: TestClient) -> None:
    answer = client.get(FEEDBACK)
    assert answer.status_code == 200
    assert "Nothing is known yet" in answer.text
    assert "artgate feedback --now" in answer.text
