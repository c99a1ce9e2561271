"""What takes more than one person: first opinions before scores, second reviews, seniors."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from db.models import HumanLabel, ItemState
from db.models.accounts import Role
from db.queries import first_opinions, policies
from tests.browser.conftest import NewItem, SignedIn
from tests.worker.inbox import Sessions
from worker.review import desk

SCORES = ("The detector says", "0.750", "75.0 %", "Its scores alone said", "Why the detector says so")


@pytest.fixture
def asks_first(sessions: Sessions) -> Iterator[None]:
    """The queue hides what the detector says until a first opinion is given."""
    hiding = {"queues": [{"name": "main", "hide_scores_until_opinion": True}]}
    with sessions.begin() as session:
        policies.append(session, hiding)
    yield
    with sessions.begin() as session:
        policies.append(session, {})


def let_undo_pass(sessions: Sessions, item: UUID) -> None:
    """As if the time to take a decision back were over; decisions themselves can't be changed."""
    with sessions.begin() as session:
        session.execute(text("UPDATE review_items SET available_at = NULL WHERE id = :id"), {"id": item})


def test_scores_are_shown_after_a_first_opinion_which_is_kept_beside_another_answer(
    asks_first: None, signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    item = new_item()
    visitor, name = signed_in()
    visitor.open("/console/")
    assert "75.0 %" not in visitor.text
    visitor.claim(item)
    assert "What do you think?" in visitor.text
    assert [words for words in SCORES if words in visitor.page.content()] == []
    visitor.key("g")
    expect(visitor.page.get_by_role("heading", name="Decide")).to_be_visible()
    assert "Your first opinion: genuine." in visitor.text
    assert "The detector says" in visitor.text
    visitor.key("c")
    visitor.leave_page_of(item)
    with sessions() as session:
        assert first_opinions.of(session, [item], name) == {item: HumanLabel.GENUINE}
        assert desk.look(session, item).item.decision is HumanLabel.CANNOT_TELL


def test_a_second_person_reviews_blind_and_two_who_agree_settle_it(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    item = new_item()
    first, name = signed_in()
    first.decide(item, "s")
    let_undo_pass(sessions, item)
    first.open(f"/console/items/{item}")
    assert "Claim this item" not in first.text, "nobody is asked twice"

    second, _ = signed_in()
    second.claim(item)
    second.page.locator("[name=recipient]").evaluate("list => list.remove()")  # names all colleagues
    shown = second.page.inner_text("main").lower()
    told = [words for words in (name, "second", "colleague", "already", "review") if words in shown]
    assert told == []
    second.key("s")
    second.leave_page_of(item)
    with sessions() as session:
        found = desk.look(session, item).item
    assert (found.state, found.decision) == (ItemState.DECIDED, HumanLabel.SYNTHETIC)


def test_two_who_disagree_leave_it_to_a_senior_alone(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    item = new_item(reach=10**17)
    for key in "sg":
        visitor, _ = signed_in()
        visitor.decide(item, key)
        let_undo_pass(sessions, item)
    third, _ = signed_in()
    third.open(f"/console/items/{item}")
    third.press_button("Claim this item")
    assert "yours" not in third.text
    senior, _ = signed_in(Role.SENIOR)
    senior.key("n")
    senior.page.wait_for_url(f"**/console/items/{item}")
    senior.key("g")
    senior.leave_page_of(item)
    with sessions() as session:
        assert desk.look(session, item).item.decision is HumanLabel.GENUINE


def test_all_of_it_works_without_scripts(signed_in: SignedIn, new_item: NewItem, sessions: Sessions) -> None:
    item = new_item(reach=10**18)
    visitor, _ = signed_in(scripts=False)
    visitor.press_button("Next item")
    assert visitor.path == f"/console/items/{item}"
    assert visitor.page.locator("[data-viewer] img").is_visible()
    visitor.page.get_by_role("link", name="Keys").click()
    expect(visitor.page.get_by_role("dialog", name="Keys")).to_be_visible()
    visitor.page.get_by_role("dialog").get_by_role("link", name="Close").click()
    expect(visitor.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    visitor.open(f"/console/items/{item}")
    visitor.page.get_by_label("Note").fill("brush hairs")
    visitor.press_button("Genuine")
    assert "You decided" in visitor.text
    visitor.press_button("Undo")
    assert visitor.path == f"/console/items/{item}"
    visitor.page.get_by_text("Set it aside").click()
    visitor.press_button("Release")
    assert "The item is free for everyone again." in visitor.text
    visitor.press_button("Sign out")
    assert visitor.path == "/console/sign-in"
