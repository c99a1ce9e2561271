"""The pages of webhooks: who is told, what they have not got, and sending it again by a button."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from db.models import MessageKind
from db.models.accounts import Role
from db.queries import endpoints as stored
from tests.worker.access.people import account, bearer
from tests.worker.console.browser import Browser, Form, Page
from tests.worker.console.conftest import HOST, Asking, asker
from tests.worker.inbox import Sessions
from tests.worker.receiver import Receiver
from tests.worker.relaying import add, deliver, give_up, tell
from worker.clock import new_id
from worker.console.app import make_app
from worker.relay import Relay
from worker.settings import Settings
from worker.webhooks import endpoints

WEBHOOKS = "/console/webhooks"


@pytest.fixture
def sessions(own_sessions: Sessions) -> Sessions:
    """A database for each test: the relay takes everything that is due."""
    return own_sessions


@pytest.fixture
def relay(sessions: Sessions) -> Iterator[Relay]:
    made = Relay(Settings(webhook_timeout=5.0, webhook_max_attempts=1), sessions=sessions)
    yield made
    made.close()


@pytest.fixture
def served(settings: Settings, sessions: Sessions) -> Iterator[TestClient]:
    with TestClient(make_app(settings, sessions), base_url=HOST) as client:
        yield client


@pytest.fixture
def asking(served: TestClient, sessions: Sessions) -> Asking:
    return asker(served, sessions)


@pytest.fixture
def admin(served: TestClient, sessions: Sessions) -> Browser:
    """An admin's browser, signed in with both factors."""
    browser = Browser(TestClient(served.app, base_url=HOST))
    browser.sign_in(account(sessions, Role.ADMIN))
    browser.enrol()
    return browser


@pytest.fixture
def given_up(sessions: Sessions, relay: Relay, platform: Receiver) -> list[UUID]:
    """Three messages that the endpoint ``shop`` was given up on; it works again by now."""
    add(sessions, "shop", platform.url, "verdict")
    found = [tell(sessions, f"art/{number}.png", verdict="GENUINE", n=number) for number in range(3)]
    platform.answer = lambda _: 503
    give_up(relay, sessions, 1)
    platform.answer = lambda _: 200
    platform.requests.clear()
    return found


def form_of_all(page: Page) -> Form:
    """The form that sends all again that was given up."""
    replays = [form for form in page.forms if form.action == f"{WEBHOOKS}/shop/replay"]
    return next(form for form in replays if set(form.fields) == {"csrf_token"})


def words(page: Page) -> str:
    return " ".join(page.text.split())


def test_endpoints_are_listed_with_their_filter_and_what_they_have_not_got(
    asking: Asking, sessions: Sessions, given_up: list[UUID]
) -> None:
    add(sessions, "archive", "https://me:secret@archive.example/in?key=abc")
    with sessions.begin() as session:
        stored.disable(session, endpoints.known(session, "archive"))
    tell(sessions, "art/9.png", kind=MessageKind.REFUSAL)
    answer = asking(Role.AUDITOR).get(WEBHOOKS)
    page = Page(answer.text)
    assert "archivedisabled" in words(page).replace(" ", "")
    assert "shopon03verdict" in words(page).replace(" ", "")
    assert "https://archive.example/in?…" in words(page)
    assert "secret" not in answer.text
    assert "key=abc" not in answer.text


def test_nobody_is_told_and_the_page_says_what_to_do(asking: Asking) -> None:
    assert "Nobody is told: add an endpoint with artgate webhooks add" in words(
        Page(asking(Role.ADMIN).get(WEBHOOKS).text)
    )
    answer = asking(Role.ADMIN).get(f"{WEBHOOKS}/shop")
    assert answer.status_code == 404
    assert "no webhook endpoint" in answer.text


def test_an_auditor_sees_what_was_given_up_and_every_try_and_changes_nothing(
    asking: Asking, given_up: list[UUID], relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    tell(sessions, "art/9.png", verdict="GENUINE", n=9)
    deliver(relay)
    auditor = asking(Role.AUDITOR)
    page = Page(auditor.get(f"{WEBHOOKS}/shop").text)
    for delivery in given_up:
        assert page.text.count(str(delivery)) == 2, "among the dead, and in the log"
    assert "the receiver answered 503" in words(page)
    assert "art/1.png" in words(page)
    assert not [form for form in page.forms if form.action.startswith(WEBHOOKS)]
    failed = Page(auditor.get(f"{WEBHOOKS}/shop", params={"failed": True}).text)
    assert (page.text.count("delivered"), failed.text.count("delivered")) == (1, 0)
    alone = Page(auditor.get(f"{WEBHOOKS}/shop", params={"delivery": str(given_up[0])}).text)
    assert (alone.text.count(str(given_up[0])), alone.text.count(str(given_up[1]))) == (2, 1)


def test_an_admin_sends_what_was_given_up_again_and_is_told_how_much_it_was(
    admin: Browser, given_up: list[UUID], relay: Relay, platform: Receiver
) -> None:
    admin.open(f"{WEBHOOKS}/shop")
    whole = form_of_all(admin.page)
    page = admin.post(whole.action, **whole.fields)
    assert "3 messages that had been given up are queued again for shop, to be sent within seconds" in words(
        page
    )
    assert "No message was given up." in words(page)
    deliver(relay)
    assert {got.json["delivery"] for got in platform.taken} == {str(each) for each in given_up}
    assert len(platform.taken) == 3
    page = admin.post(whole.action, **whole.fields)
    assert "Nothing is sent to shop again: no message had been given up." in words(page)


def test_one_message_is_sent_again_by_the_button_beside_it(
    admin: Browser, given_up: list[UUID], relay: Relay, platform: Receiver
) -> None:
    admin.open(f"{WEBHOOKS}/shop")
    (one,) = [form for form in admin.page.forms if form.fields.get("delivery") == str(given_up[1])]
    page = admin.post(one.action, **one.fields)
    assert "1 message is queued again for shop" in words(page)
    deliver(relay)
    assert [got.json["delivery"] for got in platform.taken] == [str(given_up[1])]
    page = admin.post(one.action, **(one.fields | {"delivery": str(new_id())}))
    assert "no message with this delivery id is for it, or it waits already" in words(page)


def test_a_time_is_sent_again_as_utc(admin: Browser, given_up: list[UUID]) -> None:
    page = admin.open(f"{WEBHOOKS}/shop")
    (form,) = [form for form in page.forms if "since" in form.fields]
    page = admin.post(
        form.action, **(form.fields | {"since": "2020-01-01T00:00", "until": "2020-01-02T00:00"})
    )
    assert "no message of that time is for it" in words(page)
    page = admin.post(form.action, **(form.fields | {"since": "2020-01-01T00:00", "until": ""}))
    assert "3 messages are queued again for shop" in words(page)
    page = admin.post(form.action, **(form.fields | {"since": "yesterday"}))
    assert admin.status == 422
    assert "Something in the form is missing or wrong" in words(page)


def test_what_is_queued_for_a_disabled_endpoint_waits_and_the_page_says_so(
    admin: Browser, sessions: Sessions, given_up: list[UUID]
) -> None:
    with sessions.begin() as session:
        stored.disable(session, endpoints.known(session, "shop"))
    page = admin.open(f"{WEBHOOKS}/shop")
    assert "nothing is queued for it, and what waits rests" in words(page)
    whole = form_of_all(page)
    page = admin.post(whole.action, **whole.fields)
    assert "to be sent once it is told again: artgate webhooks enable" in words(page)


def test_a_form_without_the_sessions_token_and_other_roles_send_nothing(
    admin: Browser, asking: Asking, given_up: list[UUID], relay: Relay, platform: Receiver
) -> None:
    admin.open(f"{WEBHOOKS}/shop")
    admin.post(f"{WEBHOOKS}/shop/replay")
    assert admin.status == 403
    for role in (Role.AUDITOR, Role.SENIOR, Role.MODERATOR, Role.SERVICE):
        assert asking(role).post(f"{WEBHOOKS}/shop/replay").status_code == 403
    deliver(relay)
    assert platform.taken == []


def test_the_endpoint_of_the_settings_has_its_page_too(
    settings: Settings, sessions: Sessions, platform: Receiver
) -> None:
    told = {"webhook_url": platform.url, "webhook_secret": SecretStr("s"), "webhook_max_attempts": 1}
    own = settings.model_copy(update=told)
    message = tell(sessions, verdict="GENUINE")
    platform.answer = lambda _: 500
    relay = Relay(own, sessions=sessions)
    give_up(relay, sessions, 1)
    with TestClient(make_app(own, sessions), base_url=HOST) as client:
        client.headers.update(bearer(sessions, account(sessions, Role.ADMIN)) | {"Accept": "text/html"})
        assert "settingson01everything" in words(Page(client.get(WEBHOOKS).text)).replace(" ", "")
        assert str(message) in client.get(f"{WEBHOOKS}/settings").text
        answer = client.post(f"{WEBHOOKS}/settings/replay", data={"delivery": str(message)})
        assert "1 message is queued again for settings" in answer.text
    platform.answer = lambda _: 200
    deliver(relay)
    relay.close()
    assert [got.json["delivery"] for got in platform.taken] == [str(message)]
