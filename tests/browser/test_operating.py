"""The pages of who keeps the installation running: feedback, webhooks, and the reasons of a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import expect

from db.models import HumanLabel
from db.models.accounts import Role
from db.queries import bundles
from tests.browser.conftest import NewVisitor, SignedIn
from tests.browser.looks import Look, check
from tests.browser.visitor import Visitor
from tests.worker.access.people import account
from tests.worker.console.measured import add_bundle, add_day, some_verdicts
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import decided
from tests.worker.receiver import receiver
from tests.worker.relaying import add, deliver, give_up, tell
from worker.relay import Relay
from worker.settings import Settings

FEEDBACK, WEBHOOKS = "/console/feedback", "/console/webhooks"
_FIRST = dt.date(2026, 5, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What has happened before anyone looks."""

    item: UUID
    """Called synthetic, for good."""
    dead: list[UUID]
    """Messages that the endpoint ``shop`` was given up on."""


@pytest.fixture(scope="module")
def past(sessions: Sessions) -> Iterator[Past]:
    """Thirty measured days of one bundle, one of another; a receiver that was away for a while."""
    with sessions.begin() as session:
        for bundle, name in (("ab" * 32, "spring"), ("cd" * 32, "winter")):
            add_bundle(session, bundle, name)
        bundles.activate(session, "ab" * 32)
        for day in range(30):
            wrong = 6 - day // 6
            add_day(session, "ab" * 32, _FIRST + dt.timedelta(day), some_verdicts(wrong, 60 + day - wrong))
        add_day(session, "cd" * 32, _FIRST, some_verdicts(5, 30))
        item = file_uncertain(session, "uploads", "accused.png").item
    decided(sessions, item, HumanLabel.SYNTHETIC)
    relay = Relay(Settings(webhook_timeout=5.0, webhook_max_attempts=1), sessions=sessions)
    with receiver() as shop:
        add(sessions, "shop", shop.url, "verdict", "decision.synthetic")
        add(sessions, "archive", "http://127.0.0.1:9/artgate?key=abc")
        for number in range(6):
            tell(sessions, f"art/{number}.png", verdict="GENUINE")
        deliver(relay)
        shop.answer = lambda _: 503
        keys = (f"uploads/a-long-name-of-a-folder/picture-{number}.png" for number in (1, 2))
        dead = [tell(sessions, key, verdict="SYNTHETIC") for key in keys]
        give_up(relay, sessions, 1)
        yield Past(item=item, dead=dead)
    relay.close()


@pytest.fixture
def admin(new_visitor: NewVisitor, sessions: Sessions, look: Look) -> Visitor:
    """An admin with both factors, before a screen or a phone."""
    visitor = new_visitor(**look.context)
    visitor.sign_in(account(sessions, Role.ADMIN))
    visitor.enrol()
    return visitor


def test_pages_of_an_admin(look: Look, admin: Visitor, past: Past) -> None:
    assert admin.open(FEEDBACK) == 200
    check(admin, look, "feedback-measured")
    for section in admin.page.locator("details:not(.menu)").all():
        section.evaluate("details => { details.open = true; }")
    check(admin, look, "feedback-tables")
    assert admin.open(WEBHOOKS) == 200
    check(admin, look, "webhooks-told")
    admin.page.get_by_role("link", name="shop").click()
    check(admin, look, "webhook")
    admin.page.get_by_text("Send others again").click()
    admin.page.get_by_label("Written from").fill("2026-05-01T00:00")
    check(admin, look, "webhook-forms")
    admin.page.get_by_label("One message").fill("not an id")
    admin.button("Send it again").click()
    assert admin.path == f"{WEBHOOKS}/shop", "the browser says what is wrong"
    assert admin.open(f"/console/items/{past.item}/statement") == 200
    check(admin, look, "statement")


def test_everything_on_an_endpoints_page_is_done_with_the_keyboard(
    signed_in: SignedIn, new_visitor: NewVisitor, sessions: Sessions, past: Past
) -> None:
    visitor = new_visitor()
    visitor.sign_in(account(sessions, Role.ADMIN))
    visitor.enrol()
    visitor.open(f"{WEBHOOKS}/shop")
    button = visitor.page.get_by_role("button", name=str(past.dead[0]))
    for _ in range(40):
        visitor.page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("status")).to_contain_text("1 message is queued again for shop")


def test_without_scripts_messages_are_sent_again_as_well(
    new_visitor: NewVisitor, sessions: Sessions, past: Past
) -> None:
    visitor = new_visitor(scripts=False)
    visitor.sign_in(account(sessions, Role.ADMIN))
    visitor.enrol()
    visitor.open(f"{WEBHOOKS}/shop")
    visitor.page.get_by_text("Send others again").click()
    visitor.page.get_by_label("Written from").fill("2020-01-01T00:00")
    visitor.press_button("Send these again")
    expect(visitor.page.get_by_role("status")).to_contain_text("queued again for shop")
