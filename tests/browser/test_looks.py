"""Every page as it looks: accessible, in light and dark, on a screen and on a phone.

Each page is left as a picture in ``build/screenshots``, for people to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from db.models import ItemState, ReviewItem
from db.models.accounts import Role
from db.queries import policies
from tests.browser.conftest import NewItem, NewVisitor, SignedIn
from tests.browser.desk import Work, lay_out
from tests.browser.looks import Look, check
from tests.servers import Bucket
from tests.worker.access.people import account
from tests.worker.inbox import Sessions
from worker.settings import Settings

HIDING = {"queues": [{"name": "main", "hide_scores_until_opinion": True}]}


@pytest.fixture(scope="module")
def work(settings: Settings, sessions: Sessions, pictures_bucket: Bucket) -> Work:
    """What waits on the desk."""
    return lay_out(settings, sessions, pictures_bucket)


@pytest.fixture(autouse=True)
def _nobody_holds_anything(sessions: Sessions) -> None:
    """As after a night: each look begins with the same desk."""
    with sessions.begin() as session:
        session.execute(
            update(ReviewItem)
            .where(ReviewItem.state == ItemState.CLAIMED)
            .values(state=ItemState.OPEN, claimed_by=None, lease_until=None)
        )


def test_pages_of_signing_in(look: Look, new_visitor: NewVisitor, sessions: Sessions) -> None:
    visitor = new_visitor(**look.context)
    visitor.open("/console/sign-in")
    check(visitor, look, "sign-in")
    visitor.sign_in(account(sessions), "three green foxes")
    check(visitor, look, "sign-in-refused")
    visitor.sign_in(account(sessions, Role.ADMIN))
    check(visitor, look, "second-factor")
    visitor.press_button("Set up an authenticator")
    check(visitor, look, "second-factor-offer")
    visitor.give_first_code()
    check(visitor, look, "recovery-codes")


def test_pages_of_the_desk(look: Look, work: Work, signed_in: SignedIn) -> None:
    visitor, _ = signed_in(name=f"ada-{look.name}", **look.context)
    check(visitor, look, "queue")
    visitor.open(f"/console/items/{work.plain}")
    check(visitor, look, "item-open")
    visitor.claim(work.rich)
    for section in visitor.page.locator("details").all():
        section.evaluate("details => { details.open = true; }")
    check(visitor, look, "item")
    visitor.key("?")
    expect(visitor.page.get_by_role("dialog", name="Keys")).to_be_visible()
    check(visitor, look, "keys")
    visitor.key("Escape")
    visitor.page.locator(".case-picture").first.click()
    expect(visitor.page.locator("[data-beside]")).to_be_visible()
    check(visitor, look, "item-compared")
    visitor.key("x")
    visitor.page.wait_for_url("**/console/?said=released")
    visitor.claim(work.plain)
    visitor.open("/console/")
    check(visitor, look, "queue-with-claim")
    visitor.open(f"/console/items/{work.plain}")
    visitor.key("k")
    visitor.leave_page_of(work.plain)
    visitor.key("c")
    expect(visitor.page.locator("[data-undo]")).to_be_visible()
    check(visitor, look, "undo")
    visitor.key("u")
    expect(visitor.page.locator("[data-undo]")).to_have_count(0)
    visitor.key("x")
    visitor.page.wait_for_url("**/console/?said=released")
    visitor.open("/console/?queue=main&language=none")
    check(visitor, look, "queue-nothing-fits")
    visitor.open("/console/?state=decided")
    check(visitor, look, "queue-decided")


def test_an_appeal_and_what_it_shows(look: Look, work: Work, signed_in: SignedIn) -> None:
    visitor, _ = signed_in(**look.context)
    visitor.claim(work.appealed)
    check(visitor, look, "item-appealed")
    visitor.page.get_by_alt_text("flowers-sketch.jpg").click()
    expect(visitor.page.locator("[data-beside]")).to_be_visible()
    check(visitor, look, "item-appealed-compared")


@pytest.mark.parametrize("blur", ["never", "always"])
def test_thumbnails_are_as_grey_as_the_picture(blur: str, work: Work, signed_in: SignedIn) -> None:
    """Those of what an appeal shows, of decided cases and of near-duplicates that wait; until one asks."""
    visitor, _ = signed_in()
    visitor.open("/console/account")
    visitor.page.get_by_role("radio", name=blur).check()
    visitor.page.get_by_label("Show pictures in greyscale").check()
    visitor.press_button("Save the preferences")
    wished = "grayscale(1)" if blur == "never" else "grayscale(1) blur(14px)"
    for item, shown in ((work.rich, (".case img", ".thumbs img")), (work.appealed, (".case img",))):
        visitor.claim(item)
        for each in shown:
            expect(visitor.page.locator(each).first).to_have_css("filter", wished)
        expect(visitor.page.locator("[data-viewer] img")).to_have_css("filter", "grayscale(1)")
        visitor.key("r")
        for each in shown:
            expect(visitor.page.locator(each).first).to_have_css("filter", "none")


def test_pages_of_a_first_opinion_and_of_refusals(
    look: Look, signed_in: SignedIn, new_item: NewItem, sessions: Sessions, hiding: None
) -> None:
    visitor, _ = signed_in(**look.context)
    item = new_item()
    visitor.claim(item)
    check(visitor, look, "item-first-opinion")
    visitor.key("g")
    expect(visitor.page.get_by_role("heading", name="Decide")).to_be_visible()
    check(visitor, look, "item-after-opinion")
    visitor.page.get_by_label("Ground").select_option("anatomy")
    visitor.press_button("Genuine")
    check(visitor, look, "item-refused")
    visitor.open("/console/items/00000000-0000-0000-0000-000000000000")
    check(visitor, look, "not-found")
    visitor.open("/console/account")
    check(visitor, look, "account")
    visitor.page.get_by_label("always").check()
    visitor.page.get_by_label("Show pictures in greyscale").check()
    visitor.press_button("Save the preferences")
    visitor.open(f"/console/items/{item}")
    check(visitor, look, "item-blurred")


@pytest.fixture
def hiding(sessions: Sessions) -> Iterator[None]:
    """The queue asks for a first opinion."""
    with sessions.begin() as session:
        policies.append(session, HIDING)
    yield
    with sessions.begin() as session:
        policies.append(session, {})


def test_every_page_of_the_navigation(look: Look, work: Work, signed_in: SignedIn) -> None:
    visitor, _ = signed_in(Role.SENIOR, **look.context)
    doors = visitor.page.locator("nav[aria-label=Pages] a").evaluate_all("all => all.map(a => a.pathname)")
    for path in doors:
        assert visitor.open(path) == 200
        check(visitor, look, re.sub(r"\W+", "-", path.removeprefix("/console/")).strip("-") or "queue-senior")


def test_light_or_dark_is_chosen_for_a_browser_and_kept(new_visitor: NewVisitor) -> None:
    visitor = new_visitor(color_scheme="light")
    visitor.open("/console/sign-in")
    for button, ground in (("Auto", "rgb(244, 245, 247)"), ("Light", "rgb(20, 23, 27)")):
        visitor.press_button(button)
        visitor.open("/console/sign-in")
        expect(visitor.page.locator("html")).to_have_css("background-color", ground)
