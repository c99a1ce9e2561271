"""The moderators' desk without scripts: queue, claim, decision, undo and everything besides."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from uuid import UUID

import pytest

from db.models import ItemState, ReviewItem
from db.models.accounts import Role
from db.models.review import Ground, HumanLabel, Stage
from db.queries import items, policies
from tests.worker.access.people import account
from tests.worker.console.browser import Browser, Form, Page
from tests.worker.console.conftest import SignedIn
from tests.worker.filing import Filed, file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.review import desk

FileItem = Callable[..., UUID]
_URGENCY = itertools.count()
ALIKE = {"perceptual_hash": 0x1234_5678_9ABC_DEF0, "hash_contrast": 30.0}


@pytest.fixture
def file_item(sessions: Sessions) -> FileItem:
    """Opens an item; one that is very urgent is the next of all."""

    def make(*, urgent: bool = False, reports: int = 0, **image_facts: object) -> UUID:
        with sessions.begin() as session:
            filed: Filed = file_uncertain(session, "uploads", f"{new_id()}.png", **image_facts)  # type: ignore[arg-type] # facts
            item = session.get_one(ReviewItem, filed.item)
            item.reports = 2 ** (10 + next(_URGENCY)) if urgent else reports
            return filed.item

    return make


def path_of(item: UUID, step: str = "") -> str:
    """Address of an item's page, or of one of its forms."""
    return f"/console/items/{item}{step and '/'}{step}"


def claim(browser: Browser, item: UUID) -> Page:
    """Open an item and claim it."""
    browser.open(path_of(item))
    return browser.send(path_of(item, "claim"))


def state_of(sessions: Sessions, item: UUID) -> items.Item:
    """The item as it lies in the database."""
    with sessions() as session:
        return desk.known(session, item)


def undo_form(page: Page, item: UUID) -> Form:
    """The form that takes a decision back."""
    return page.form(path_of(item, "undo"))


def test_the_queue_lists_what_waits_and_gives_the_next_item(signed_in: SignedIn, file_item: FileItem) -> None:
    browser, _ = signed_in()
    item = file_item(urgent=True)
    page = browser.open("/console/")
    assert path_of(item) in page.html
    browser.send("/console/next")
    assert browser.path == path_of(item)
    assert "yours" in browser.page.text
    assert "You hold" in browser.open("/console/").text
    browser.open(path_of(item))
    browser.send(path_of(item, "release"))


def test_a_decision_leads_to_the_next_item_and_can_be_undone_from_there(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    """The ground and the note are kept; taken back, the item is one's own again."""
    browser, _ = signed_in()
    first, second = file_item(), file_item(urgent=True)
    claim(browser, first)
    page = browser.send(path_of(first, "decide"), "genuine", ground="handwork", note="brush marks")
    assert browser.path == path_of(second)
    assert ": genuine." in page.text.split("You decided item")[1][:20]
    assert state_of(sessions, first).decision is HumanLabel.GENUINE
    browser.post(path_of(first, "undo"), **undo_form(page, first).fields)
    assert browser.path == path_of(first)
    assert state_of(sessions, first).state is ItemState.CLAIMED
    browser.send(path_of(first, "decide"), "cannot_tell", ground=Ground.NO_SIGNS.value)
    assert state_of(sessions, first).decision is HumanLabel.CANNOT_TELL


def test_an_accusation_asks_for_another_reviewer_and_is_still_undone(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    browser, _ = signed_in()
    item = file_item()
    claim(browser, item)
    page = browser.send(path_of(item, "decide"), "synthetic", ground="anatomy")
    assert state_of(sessions, item).stage is Stage.SECOND
    browser.post(path_of(item, "undo"), **undo_form(page, item).fields)
    assert state_of(sessions, item).stage is Stage.FIRST


def test_a_ground_of_another_answer_is_refused_on_the_same_page(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    """In the words of the page, not in codes; what was typed is still there."""
    browser, _ = signed_in()
    item = file_item()
    claim(browser, item)
    page = browser.send(path_of(item, "decide"), "genuine", ground="anatomy", note="six fingers")
    assert browser.status == 422
    assert "“bodies or things that can't be so” is no ground for “genuine”" in page.text
    assert "Its grounds are: strokes, corrections or material of a hand; shows how it was made" in page.text
    assert "anatomy" not in page.text
    assert "GENUINE" not in page.text
    assert page.form(path_of(item, "decide")).fields["note"] == "six fingers"
    assert page.form(path_of(item, "decide")).fields["ground"] == "anatomy"
    assert state_of(sessions, item).state is ItemState.CLAIMED


def test_a_lost_lease_is_said_in_words_and_nothing_is_written(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    browser, name = signed_in()
    item = file_item()
    claim(browser, item)
    with sessions.begin() as session:
        desk.release(session, item, name, 1)
        desk.claim(session, item, "bo", lease_seconds=60)
    page = browser.send(path_of(item, "decide"), "genuine")
    assert browser.status == 409
    assert "This item is not yours any more" in page.text
    assert state_of(sessions, item).claimed_by == "bo"


def test_an_item_is_skipped_held_handed_over_and_left_to_a_senior(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    browser, name = signed_in()
    colleague = account(sessions)
    item = file_item()
    claim(browser, item)
    browser.send(path_of(item, "skip"))
    assert state_of(sessions, item).state is ItemState.OPEN
    claim(browser, item)
    browser.send(path_of(item, "hold"), hours="2", why="a hint from the artist")
    assert "Kept for you" in browser.page.text
    assert state_of(sessions, item).assigned_to == name
    other = file_item()
    claim(browser, other)
    browser.send(path_of(other, "hand-over"), recipient=colleague, why="knows the style")
    assert state_of(sessions, other).assigned_to == colleague
    third = file_item()
    claim(browser, third)
    form = browser.page.form(path_of(third, "decide"))
    browser.post(path_of(third, "decide"), **(form.fields | {"escalate": "true"}))
    assert state_of(sessions, third).stage is Stage.SENIOR


def test_one_decision_covers_the_near_duplicates_that_are_ticked(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    browser, _ = signed_in()
    lead, near = file_item(**ALIKE), file_item(**ALIKE)
    page = claim(browser, lead)
    assert "1 near-duplicate waits" in page.text
    browser.send(path_of(lead, "decide"), "genuine", also=str(near))
    assert state_of(sessions, near).decision is HumanLabel.GENUINE


def test_who_wants_no_next_item_goes_back_to_the_queue(signed_in: SignedIn, file_item: FileItem) -> None:
    browser, _ = signed_in()
    item = file_item()
    browser.open("/console/account")
    form = browser.page.form("/console/account/preferences")
    chosen = {name: value for name, value in form.fields.items() if name != "takes_next"}
    page = browser.post("/console/account/preferences", **(chosen | {"blur": "always"}))
    assert "Your preferences were saved." in page.text
    page = claim(browser, item)
    assert "/blurred?" in page.html.split("<img src=")[1][:120]
    assert "/fit?" in browser.open(path_of(item) + "?reveal=1").html.split("<img src=")[1][:120]
    browser.send(path_of(item, "decide"), "genuine")
    assert browser.path == "/console/"
    assert "1 decided today" in browser.page.text


def test_a_reported_picture_is_blurred_until_it_is_asked_for(
    signed_in: SignedIn, file_item: FileItem
) -> None:
    browser, _ = signed_in()
    plain, reported = file_item(), file_item(reports=1)
    assert "data-hidden" not in browser.open(path_of(plain)).html
    assert "data-hidden" in browser.open(path_of(reported)).html


def test_the_next_picture_is_named_without_claiming_its_item(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    """The address is the one that the item's page will have, which changes once a minute."""
    browser, _ = signed_in()
    item = file_item(urgent=True)
    before = browser.client.get("/console/ahead").json()["picture"]
    assert state_of(sessions, item).state is ItemState.OPEN
    page = browser.open(path_of(item))
    after = browser.client.get("/console/ahead").json()["picture"]
    assert any(named in page.html.replace("&amp;", "&") for named in (before, after))


def test_the_list_is_filtered_and_paged(signed_in: SignedIn, file_item: FileItem, sessions: Sessions) -> None:
    browser, _ = signed_in()
    tongue = f"x-{new_id().hex[:8]}"
    mine = [file_item() for _ in range(2)]
    with sessions.begin() as session:
        for item in mine:
            session.get_one(ReviewItem, item).language = tongue
    page = browser.open(f"/console/?language={tongue}")
    assert [path_of(item) in page.html for item in mine] == [True, True]
    assert "No item fits." in browser.open(f"/console/?language={tongue}&kind=refusal").text
    assert "No item fits." in browser.open(f"/console/?language={tongue}&state=decided").text
    assert browser.open("/console/?state=nonsense&kind=x").html
    assert browser.status == 200
    following = browser.open(f"/console/?language={tongue}&after={mine[0]}")
    assert path_of(mine[0]) not in following.html.split("All items")[1]


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_who_decides_nothing_looks_and_has_no_forms(
    signed_in: SignedIn, file_item: FileItem, role: Role
) -> None:
    browser, _ = signed_in(role)
    item = file_item()
    page = browser.open(path_of(item))
    assert "0.75" in page.text
    actions = {form.action for form in page.forms}
    assert actions == {"/console/theme", "/console/sign-out"}


def test_an_unknown_item_is_said_in_words(signed_in: SignedIn) -> None:
    browser, _ = signed_in()
    page = browser.open(path_of(new_id()))
    assert browser.status == 404
    assert "There is no such page or item" in page.text


def test_ones_own_upload_is_not_shown(signed_in: SignedIn, file_item: FileItem) -> None:
    browser, name = signed_in()
    page = browser.open(path_of(file_item(uploader=name)))
    assert browser.status == 403
    assert "a matter of your own" in page.text


POLICY = {
    "queues": [{"name": "main"}, {"name": "blind", "hide_scores_until_opinion": True}],
    "routes": [{"queue": "blind", "domain": ["photo"]}],
}
TELLTALE = (
    "0.7391",
    "73.9",
    "0.600",
    "0.800",
    "lightgbm",
    "SYNTHETIC",
    "synthetic;",
    "between_thresholds",
    "30.0 %",
)


def test_no_page_tells_of_the_detector_before_the_first_opinion(
    signed_in: SignedIn, file_item: FileItem, sessions: Sessions
) -> None:
    """Neither the list nor the item, claimed or not, nor a search for its reason; then all of it is shown."""
    browser, _ = signed_in()
    with sessions.begin() as session:
        policies.append(session, POLICY)
    item = file_item(probability=0.7391, domain="photo", urgent=True)
    with sessions.begin() as session:
        session.get_one(ReviewItem, item).reason = "between_thresholds"
    pages = [
        browser.open("/console/?queue=blind").html,
        browser.open(path_of(item)).html,
        claim(browser, item).html,
        browser.open(path_of(item)).html,
    ]
    assert [word for word in TELLTALE if word in "".join(pages)] == []
    assert path_of(item) not in browser.open("/console/?reason=between_thresholds").html.split("All items")[1]
    browser.open(path_of(item))
    page = browser.send(path_of(item, "opinion"), "cannot_tell")
    assert "0.739" in page.text
    assert "Your first opinion: cannot tell" in page.text
    with sessions.begin() as session:
        policies.append(session, {})
