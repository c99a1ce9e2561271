"""The page of models: who sees what, and who may act."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from db.engine import make_engine, make_sessions
from db.models import BundleState, RolloutAction, VerdictLabel
from db.models.accounts import Role
from db.models.bundles import DEFAULT_NAME
from db.queries import bundles, rollouts
from tests.db import factories
from tests.worker.access.people import account
from tests.worker.console.browser import Browser, Page
from tests.worker.console.conftest import HOST, Asking, asker
from tests.worker.inbox import Sessions
from tests.worker.rollout.rows import look_on
from worker.console.app import make_app
from worker.rollout import steps
from worker.settings import Settings

ACTIVE, TRIAL = "ab" * 32, "cd" * 32
MODELS = "/console/models"


@pytest.fixture
def trying(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """A desk at which a bundle looks on; of two photographs, it would accuse one."""
    engine = make_engine(new_database(), application="tests")
    made = make_sessions(engine)
    with made.begin() as session:
        for each in (ACTIVE, TRIAL):
            bundles.register(session, each, name=DEFAULT_NAME, manifest={"name": each[:2]}, location="/b")
        bundles.activate(session, ACTIVE)
        steps.take(session, RolloutAction.SHADOW, TRIAL, person="ada", reason="first look", share=1.0)
        for label in (VerdictLabel.GENUINE, VerdictLabel.SYNTHETIC):
            image = factories.image(session, domain="photo")
            verdict = factories.verdict(session, image, ACTIVE, label=VerdictLabel.GENUINE)
            look_on(session, image, verdict, TRIAL, label)
    yield made
    engine.dispose()


@pytest.fixture
def served(settings: Settings, trying: Sessions) -> Iterator[TestClient]:
    with TestClient(make_app(settings, trying), base_url=HOST) as client:
        yield client


@pytest.fixture
def asking(served: TestClient, trying: Sessions) -> Asking:
    return asker(served, trying)


def state_of(sessions: Sessions, bundle_id: str) -> BundleState:
    with sessions() as session:
        found = bundles.get(session, bundle_id)
    assert found is not None
    return found.state


@pytest.mark.parametrize(
    ("role", "pictures", "acts"),
    [(Role.SENIOR, 0, False), (Role.AUDITOR, 1, False), (Role.ADMIN, 1, True)],
)
def test_all_see_the_figures_who_decides_no_items_the_pictures_and_an_admin_the_forms(
    asking: Asking, role: Role, pictures: int, acts: bool
) -> None:
    page = Page(asking(role).get(MODELS).text)
    assert "Genuine to synthetic" in page.text
    assert "50.0 % 1; 9.5 % to 90.5 %" in " ".join(page.text.split())
    assert "first look" in page.text
    assert "No SYNTHETIC verdict is put before people by lot" in " ".join(page.text.split())
    shown = [given for tag, given in page.tags if tag == "img" and "/pictures/" in (given.get("src") or "")]
    assert len(shown) == pictures
    assert bool([form for form in page.forms if form.action.startswith(MODELS)]) is acts


def test_an_admin_signed_in_with_both_factors_takes_steps_in_their_own_name(
    served: TestClient, trying: Sessions
) -> None:
    """By a form with the session's token; without it nothing happens."""
    name = account(trying, Role.ADMIN)
    browser = Browser(TestClient(served.app, base_url=HOST))
    browser.sign_in(name)
    browser.enrol()
    browser.open(MODELS)
    browser.post(f"{MODELS}/step", step="canary", percent="10", reason="forged")
    assert (browser.status, state_of(trying, TRIAL)) == (403, BundleState.SHADOW)

    browser.open(MODELS)
    page = browser.send(f"{MODELS}/step", step="canary", percent="10", reason="as good as the other")
    assert "The step was taken" in page.text
    assert state_of(trying, TRIAL) is BundleState.CANARY
    with trying() as session:
        (step, *_) = rollouts.steps(session, limit=1)
    assert (step.person, step.share, step.reason) == (name, 0.1, "as good as the other")

    page = browser.send(f"{MODELS}/rollback", reason="an artist wrote to us")
    assert "It was rolled back" in page.text
    assert state_of(trying, TRIAL) is BundleState.RETIRED
    page = browser.send(f"{MODELS}/trial", percent="5", reason="once more")
    assert state_of(trying, TRIAL) is BundleState.SHADOW


def test_what_is_refused_is_said_on_the_page(asking: Asking, trying: Sessions) -> None:
    admin = asking(Role.ADMIN)
    for fields, said in (
        ({"step": "promote", "reason": "hurry"}, "first let it decide a share of the uploads"),
        ({"step": "canary", "percent": "10", "reason": " "}, "give the reason for this step"),
    ):
        answer = admin.post(f"{MODELS}/step", data=fields, headers={"Accept": "text/html"})
        assert answer.status_code == 409
        assert said in " ".join(Page(answer.text).text.split()).lower()
    assert state_of(trying, TRIAL) is BundleState.SHADOW
