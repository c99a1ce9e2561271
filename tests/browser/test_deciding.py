"""Working through the queue: claiming, keys, notes, undo, pictures, and claims that are lost."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import expect
from sqlalchemy import select

from db.models import Decision, Note, Stage
from db.models.accounts import Role
from db.queries.eligibility import stands
from tests.browser.conftest import AtWork, Console, NewItem, SignedIn
from tests.browser.visitor import Visitor
from tests.worker.access.people import account
from tests.worker.inbox import Sessions
from worker.review import desk


def decided_as(sessions: Sessions, item: UUID) -> list[str]:
    """The answers that were recorded on an item, and not taken back."""
    query = select(Decision.label).where(Decision.item_id == item, stands()).order_by(Decision.lease_number)
    with sessions() as session:
        return [str(label) for label in session.scalars(query)]


def test_next_item_claims_the_most_urgent_one_by_key(signed_in: SignedIn, new_item: NewItem) -> None:
    item = new_item(reach=10**9)
    visitor, _ = signed_in()
    visitor.key("n")
    visitor.page.wait_for_url(f"**/console/items/{item}")
    assert "yours" in visitor.text
    visitor.key("x")
    visitor.page.wait_for_url("**/console/?said=released")
    assert "The item is free for everyone again." in visitor.text


def test_each_answer_has_a_key_and_leads_to_the_next_item(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    found = [new_item(reach=10 ** (15 - rank)) for rank in range(4)]
    visitor, _ = signed_in()
    visitor.key("n")
    for item, key in zip(found, "gsce", strict=True):
        visitor.page.wait_for_url(f"**/console/items/{item}")
        visitor.key(key)
    visitor.leave_page_of(found[-1])
    answers = [decided_as(sessions, item) for item in found]
    assert answers == [["GENUINE"], ["SYNTHETIC"], ["CANNOT_TELL"], []]
    with sessions() as session:
        assert desk.look(session, found[-1]).item.stage is Stage.SENIOR


def test_a_ground_and_a_note_go_along_and_keys_typed_into_a_note_decide_nothing(
    at_work: AtWork, sessions: Sessions
) -> None:
    visitor, item = at_work
    visitor.page.get_by_label("Ground").select_option("anatomy")
    visitor.key("Escape")
    visitor.page.locator("h1").click()
    visitor.key("w")
    visitor.page.keyboard.type("six fingers, guess")
    assert decided_as(sessions, item) == []
    visitor.key("Escape")
    visitor.key("s")
    visitor.leave_page_of(item)
    query = select(Decision.label, Decision.ground, Note.body).join(Note, Note.id == Decision.note_id)
    with sessions() as session:
        (decision,) = session.execute(query.where(Decision.item_id == item))
    assert tuple(decision) == ("SYNTHETIC", "anatomy", "six fingers, guess")


def test_a_ground_of_another_answer_is_refused_and_the_note_is_kept(
    at_work: AtWork, sessions: Sessions
) -> None:
    visitor, item = at_work
    visitor.page.get_by_label("Ground").select_option("anatomy")
    visitor.page.get_by_label("Note").fill("brush hairs in the paint")
    visitor.press_button("Genuine")
    expect(visitor.page.get_by_role("alert").first).to_contain_text("is no ground for")
    assert visitor.page.get_by_label("Note").input_value() == "brush hairs in the paint"
    assert decided_as(sessions, item) == []


def test_a_decision_can_be_taken_back_while_its_countdown_runs(at_work: AtWork, sessions: Sessions) -> None:
    visitor, item = at_work
    visitor.key("g")
    told = visitor.page.locator("[data-countdown]")
    expect(told).to_have_text(re.compile(r"^\d\d s left$"))
    before = told.inner_text()
    expect(told).not_to_have_text(before)
    visitor.key("u")
    visitor.page.wait_for_url(f"**/console/items/{item}")
    assert "yours" in visitor.text
    assert decided_as(sessions, item) == []
    assert visitor.page.locator("[data-undo]").count() == 0


def test_the_offer_to_undo_goes_when_its_time_is_over_and_a_late_one_is_told_so(
    signed_in: SignedIn, new_item: NewItem, serve_console: Console
) -> None:
    with serve_console(review_undo_seconds=6.0) as address:
        visitor, _ = signed_in(Role.MODERATOR, address)
        visitor.claim(new_item())
        visitor.key("g")
        strip = visitor.page.locator("[data-undo]")
        expect(strip).to_be_visible()
        strip.locator("form").evaluate("form => document.querySelector('main').append(form.cloneNode(true))")
        expect(strip).to_have_count(0, timeout=15_000)
        with visitor.page.expect_navigation():
            visitor.page.locator("main form[action$='/undo']").evaluate("form => form.requestSubmit()")
        assert "It is too late to undo this" in visitor.text


def test_the_question_mark_lists_the_keys_and_escape_closes_the_list(at_work: AtWork) -> None:
    visitor, _ = at_work
    visitor.key("?")
    listed = visitor.page.get_by_role("dialog", name="Keys")
    expect(listed).to_be_visible()
    shown = set(listed.locator("kbd").all_inner_texts())
    marked = visitor.page.locator("[data-key]").evaluate_all("all => all.map(each => each.dataset.key)")
    assert set(marked) <= shown, "no key is a secret"
    visitor.key("Enter")  # its button has the focus
    expect(listed).to_be_hidden()
    visitor.key("?")
    visitor.key("Escape")
    expect(listed).to_be_hidden()


def test_a_key_decides_straight_after_the_list_of_keys_is_closed(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    """What was just closed keeps the focus until the page is drawn anew."""
    visitor, _ = signed_in()
    item = new_item()
    visitor.claim(item)
    for key in ("?", "Enter", "g"):
        visitor.key(key)
    visitor.leave_page_of(item)
    assert decided_as(sessions, item) == ["GENUINE"]


def test_single_keys_can_be_turned_off(signed_in: SignedIn, new_item: NewItem, sessions: Sessions) -> None:
    visitor, _ = signed_in()
    visitor.open("/console/account")
    visitor.page.get_by_label("Single keys decide").uncheck()
    visitor.press_button("Save the preferences")
    item = new_item()
    visitor.claim(item)
    visitor.key("g")
    visitor.key("?")
    visitor.page.wait_for_timeout(200)
    assert visitor.path == f"/console/items/{item}"
    assert decided_as(sessions, item) == []
    visitor.button("Genuine").press("Enter")
    visitor.leave_page_of(item)
    assert decided_as(sessions, item) == ["GENUINE"]


def shown_pixels(visitor: Visitor) -> int:
    """Width in pixels of the file that is in the frame; waits until it has arrived."""
    image = visitor.page.locator("[data-viewer] img")
    image.evaluate("image => image.decode()")
    return int(image.evaluate("image => image.naturalWidth"))


def test_the_picture_is_seen_zoomed_and_moved(at_work: AtWork) -> None:
    visitor, _ = at_work
    assert shown_pixels(visitor) == 320
    image = visitor.page.locator("[data-viewer] img")
    fitted = image.bounding_box()
    assert fitted is not None
    visitor.key("1")
    expect(visitor.page.locator("[data-scale]")).to_have_text("100 %")
    own = image.bounding_box()
    assert own is not None
    assert (round(own["width"]), round(own["height"])) == (320, 240)
    visitor.key("+")
    expect(visitor.page.locator("[data-scale]")).to_have_text("125 %")
    visitor.page.locator("[data-viewer]").focus()
    before = image.bounding_box()
    visitor.key("ArrowRight")
    after = image.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] < before["x"]
    visitor.key("0")
    assert image.bounding_box() == fitted


def test_pictures_are_blurred_and_grey_until_one_asks_where_one_wants_that(
    signed_in: SignedIn, new_item: NewItem
) -> None:
    visitor, _ = signed_in()
    visitor.open("/console/account")
    visitor.page.get_by_label("always").check()
    visitor.page.get_by_label("Show pictures in greyscale").check()
    visitor.press_button("Save the preferences")
    assert "Your preferences were saved." in visitor.text
    visitor.claim(new_item())
    sharp = visitor.page.locator("[data-viewer]").get_attribute("data-fit")
    image = visitor.page.locator("[data-viewer] img")
    assert shown_pixels(visitor) > 0
    assert not [url for url in visitor.requested if sharp and url.endswith(sharp)], "it is not even fetched"
    expect(image).to_have_css("filter", "grayscale(1)")
    visitor.key("r")
    expect(image).to_have_attribute("src", str(sharp))
    expect(image).to_have_css("filter", "none")
    assert shown_pixels(visitor) == 320
    visitor.key("r")
    expect(image).not_to_have_attribute("src", str(sharp))


def take_over(sessions: Sessions, item: UUID, holder: str, other: str) -> None:
    """The claim of one goes to another, as after it ran out."""
    with sessions.begin() as session:
        held = desk.look(session, item).item
        desk.release(session, item, holder, held.lease_number)
        desk.claim(session, item, other, lease_seconds=60)


def test_a_lost_claim_is_said_on_the_page_where_nothing_can_be_decided_any_more(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    item, other = new_item(), account(sessions)
    visitor, name = signed_in()
    visitor.claim(item)
    take_over(sessions, item, name, other)
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as on return to a tab
    expect(visitor.page.locator("[data-lost]")).to_contain_text("This item is not yours any more")
    expect(visitor.page.locator(".answers button").first).to_be_disabled()
    visitor.key("g")
    visitor.page.wait_for_timeout(200)
    assert visitor.path == f"/console/items/{item}"


def test_a_decision_on_a_lost_claim_is_refused_in_words(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    item, other = new_item(), account(sessions)
    visitor, name = signed_in()
    visitor.claim(item)
    take_over(sessions, item, name, other)
    visitor.key("g")
    visitor.page.wait_for_url("**/decide")
    assert "This item is not yours any more" in visitor.text
    assert decided_as(sessions, item) == []


def test_an_item_that_a_colleague_holds_can_not_be_claimed(signed_in: SignedIn, new_item: NewItem) -> None:
    item = new_item()
    holder, _ = signed_in()
    holder.claim(item)
    visitor, _ = signed_in()
    visitor.open(f"/console/items/{item}")
    assert "A colleague holds it." in visitor.text
    expect(visitor.button("Claim this item")).to_be_disabled()


def test_an_item_is_skipped_held_and_handed_over(signed_in: SignedIn, new_item: NewItem) -> None:
    visitor, _ = signed_in()
    colleague, name = signed_in()
    held, given = new_item(), new_item()
    visitor.claim(held)
    visitor.page.get_by_text("Set it aside").click()
    visitor.page.get_by_label("What you wait for").fill("the artist's layers")
    visitor.press_button("Hold")
    assert "The item rests." in visitor.text
    visitor.claim(given)
    visitor.page.get_by_text("Set it aside").click()
    visitor.page.get_by_label("Hand over to").select_option(name)
    visitor.press_button("Hand over")
    assert "The item is kept for the one you named." in visitor.text
    colleague.open("/console/")
    kept = colleague.page.get_by_role("region", name="Kept for you")
    expect(kept).to_contain_text(str(given)[-6:])
    visitor.claim(skipped := new_item())
    visitor.key("k")
    visitor.leave_page_of(skipped)
