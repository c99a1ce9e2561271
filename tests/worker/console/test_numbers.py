"""The pages of numbers, against work that is done in the test and counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.engine import make_engine, make_sessions
from db.models import BundleState, HumanLabel, Stage
from db.models.accounts import Role
from db.queries import bundles
from detector.features import HC148
from tests.db import factories
from tests.worker.access.people import account, bearer
from tests.worker.console.browser import Page
from tests.worker.console.conftest import HOST, Asking, asker
from tests.worker.drift.scans import DAY, HOUR, judged, scan
from tests.worker.filing import BUNDLE, file_uncertain
from tests.worker.inbox import Sessions
from worker.console.app import make_app
from worker.drift.measure import LEAST, measure
from worker.review import deciding, desk
from worker.settings import Settings


@pytest.fixture(scope="module")
def quiet(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """A desk at which just this happened: ada and bo gave two opinions each on two of five items."""
    engine = make_engine(new_database(), application="tests")
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        for number in range(5):
            file_uncertain(session, "uploads", f"{number}.png", priority=1 - number / 10, probability=0.6)
        bundles.activate(session, BUNDLE)
    for who, label in (("ada", "SYNTHETIC"), ("ada", "SYNTHETIC"), ("bo", "SYNTHETIC"), ("bo", "GENUINE")):
        with sessions.begin() as session:
            item = desk.claim_next(session, who, lease_seconds=600)
            deciding.decide(
                session,
                item.id,
                who,
                item.lease_number,
                label=HumanLabel(label),
                note=None,
                undo_seconds=0,
            )
    yield sessions
    engine.dispose()


def add_account(session: Session, name: str) -> None:
    """A moderator of that very name."""
    query = "INSERT INTO accounts (id, name, role) VALUES (gen_random_uuid(), :name, 'moderator')"
    session.execute(text(query), {"name": name})


@pytest.fixture(scope="module")
def asking(settings: Settings, quiet: Sessions) -> Iterator[Asking]:
    """Makes a client that asks with the token of a new account of a role."""
    with TestClient(make_app(settings, quiet), base_url=HOST) as served:
        yield asker(served, quiet)


def test_the_numbers_are_those_of_what_was_done(asking: Asking) -> None:
    """Two first opinions were synthetic; of the two second ones one agreed, and one item is the seniors'."""
    numbers = asking(Role.AUDITOR).get("/console/numbers.json", params={"window": "week"}).json()

    (main,) = numbers["queues"]
    assert (main["queue"], main["ready"], main["held"], main["overdue"]) == ("main", 4, 0, 0)
    assert sum(main["ages"]) == main["ages"][0] == 4
    assert (main["in_time"]["count"], main["in_time"]["total"]) == (1, 1)
    assert numbers["timeline"]["synthetic"][-1] == 3
    assert numbers["timeline"]["genuine"][-1] == 1
    assert numbers["timeline"]["an_hour"] == pytest.approx(4 / (7 * 24))
    overturns = numbers["overturns"]
    assert (overturns["second_opinions"]["count"], overturns["second_opinions"]["total"]) == (1, 2)
    assert overturns["appeals"]["total"] == 0
    assert (overturns["machine_lean"]["count"], overturns["machine_lean"]["total"]) == (0, 1)
    assert numbers["agreement"]["alpha"]["value"] is None, "nothing was measured"
    assert numbers["drift"]["scores"]["now"] == [0, 0, 0, 0, 0, 0, 5, 0, 0, 0]
    assert numbers["drift"]["scores"]["finding"] == "too few"
    assert numbers["drift"]["vector"] is None


def test_agreement_is_of_measured_items_and_leaves_the_last_day_out(
    new_database: Callable[[], str], settings: Settings
) -> None:
    """Of four measured items two people say the same of three; a fifth is of today and tells nothing yet."""
    engine = make_engine(new_database(), application="tests")
    sessions = make_sessions(engine)
    said = [("SYNTHETIC", "SYNTHETIC"), ("GENUINE", "GENUINE"), ("GENUINE", "GENUINE")]
    said += [("GENUINE", "SYNTHETIC"), ("SYNTHETIC", "GENUINE")]
    with sessions.begin() as session:
        session.execute(text("INSERT INTO reviewers (name) VALUES ('ada'), ('bo')"))
        for number, labels in enumerate(said):
            item = file_uncertain(session, "uploads", f"{number}.png").item
            session.execute(text("UPDATE review_items SET measured = true WHERE id = :id"), {"id": item})
            ago = 60 if number == 4 else 2 * 24 * 3600
            for who, label, stage in zip(("ada", "bo"), labels, (Stage.FIRST, Stage.SECOND), strict=True):
                given = {"moderator": who, "label": HumanLabel(label), "stage": stage}
                factories.opinion(session, item, ago=ago, **given)
        add_account(session, "ada")
    with TestClient(make_app(settings, sessions), base_url=HOST) as client:
        senior = bearer(sessions, account(sessions, Role.SENIOR))
        found = client.get("/console/numbers.json", headers=senior).json()["agreement"]
        mine = client.get("/console/mine", headers=bearer(sessions, "ada")).text
    engine.dispose()

    (pair,) = found["pairs"]
    assert pair["kappa"]["value"] == pytest.approx(0.5), "3 of 4 agree, and chance gives half"
    assert found["alpha"]["units"] == 4
    assert found["alpha"]["value"] == pytest.approx(1 - 7 * 2 / (64 - 25 - 9)), "by hand: 5 and 3 labels"
    assert {"ada", "bo"}.isdisjoint({pair["one"], pair["other"]})
    assert "3 of 4" in Page(mine).text


def test_the_page_says_the_same_and_names_nobody(asking: Asking) -> None:
    answer = asking(Role.SENIOR).get("/console/numbers", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    page = Page(answer.text)
    for said in ("1 of 2; 9 % to 91 %", "too few", "0.2 an hour by people over the last 24 hours"):
        assert said in page.text
    assert "ada" not in page.text.split()
    drawn = [given["aria-labelledby"] for tag, given in page.tags if tag == "svg"]
    assert drawn == [f"{key}-title {key}-told" for key in ("ages", "timeline", "scores", "labels")]
    assert sum(tag == "details" for tag, _ in page.tags) >= len(drawn), "each has its table"
    assert not any("style" in given for _, given in page.tags), "the page's policy allows no inline style"


def test_drift_from_the_first_week_stands_on_the_page(
    new_database: Callable[[], str], settings: Settings
) -> None:
    engine = make_engine(new_database(), application="tests")
    sessions = make_sessions(engine)
    bundle = judged(sessions)
    with TestClient(make_app(settings, sessions), base_url=HOST) as client:
        client.headers.update(bearer(sessions, account(sessions, Role.SENIOR)))
        before = client.get("/console/numbers", headers={"Accept": "text/html"}).text
        with sessions.begin() as session:
            scan(session, bundle, LEAST, since=10 * DAY, until=3 * DAY)
            scan(session, bundle, 220, since=DAY - HOUR, until=0, moved=1.0)
            measure(session)
    with TestClient(make_app(settings, sessions), base_url=HOST) as client:
        client.headers.update(bearer(sessions, account(sessions, Role.SENIOR)))
        page = client.get("/console/numbers", headers={"Accept": "text/html"}).text
        found = client.get("/console/numbers.json").json()["drift"]["since_first_week"]
    engine.dispose()
    assert "Nothing is measured yet" in before
    told = Page(page).text
    assert "220 scans since" in told
    assert "traces of earlier compression" in told
    assert found["figures"]["scores"]["finding"] == "changed"
    assert set(found["figures"]["features"]["groups"]) == set(HC148.groups)


@pytest.mark.parametrize("window", ["day", "week", "month"])
def test_a_period_has_its_steps(asking: Asking, window: str) -> None:
    numbers = asking(Role.ADMIN).get("/console/numbers.json", params={"window": window}).json()
    assert len(numbers["timeline"]["genuine"]) == {"day": 24, "week": 28, "month": 30}[window]


def test_a_period_that_does_not_exist_is_refused(asking: Asking) -> None:
    assert asking(Role.SENIOR).get("/console/numbers.json", params={"window": "year"}).status_code == 422


def test_an_empty_installation_has_a_page(settings: Settings, new_database: Callable[[], str]) -> None:
    engine = make_engine(new_database(), application="tests")
    sessions = make_sessions(engine)
    with TestClient(make_app(settings, sessions), base_url=HOST) as client:
        page = client.get("/console/numbers", headers=bearer(sessions, account(sessions, Role.SENIOR)))
        mine = client.get("/console/mine", headers=bearer(sessions, account(sessions, Role.SENIOR)))
    engine.dispose()
    assert (page.status_code, mine.status_code) == (200, 200)
    assert "Nothing waits" in page.text
    assert "No bundle is active" in page.text
    assert "none yet" in mine.text


def test_ones_own_page_is_of_oneself_alone(asking: Asking, quiet: Sessions) -> None:
    with quiet.begin() as session:
        add_account(session, "ada")
    page = Page(asking(Role.MODERATOR, "ada").get("/console/mine").text)
    assert "In seven days2" in page.text
    assert page.text.count("2 of 2") == 1, "both were given in time"
    assert "bo" not in page.text.split()


def test_the_active_bundle_is_the_one_that_is_watched(asking: Asking, quiet: Sessions) -> None:
    with quiet() as session:
        (active,) = [each for each in bundles.registered(session) if each.state is BundleState.ACTIVE]
    numbers = asking(Role.SENIOR).get("/console/numbers.json").json()
    assert numbers["drift"]["bundle_id"] == active.id
