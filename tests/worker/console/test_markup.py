"""What holds of every page: nothing inline, a token in every form, a heading, words for every picture."""

from __future__ import annotations

import pytest

from db.models import HumanLabel
from db.models.accounts import Role
from tests.worker.console.browser import Page
from tests.worker.console.conftest import NewBrowser, SignedIn
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import decided
from worker.access.headers import CONTENT_SECURITY_POLICY
from worker.clock import new_id
from worker.webhooks import endpoints

VOID_OF_TOKEN = {"/console/sign-in", ""}
"""Forms of who has no session yet, and the one that only closes the list of keys."""


@pytest.fixture(scope="module")
def pages(new_browser: NewBrowser, signed_in: SignedIn, sessions: Sessions) -> dict[str, Page]:
    """One of each kind, as a moderator sees it; and those that an admin sees before the second factor."""
    browser, _ = signed_in()
    with sessions.begin() as session:
        item = file_uncertain(session, "uploads", f"{new_id()}.png").item
    found = {"sign-in": new_browser().open("/console/sign-in")}
    found["item"] = browser.open(f"/console/items/{item}")
    found["claimed"] = browser.send(f"/console/items/{item}/claim")
    found["wrong"] = browser.send(f"/console/items/{item}/decide", "genuine", ground="anatomy")
    found["queue"] = browser.open("/console/")
    found["account"] = browser.open("/console/account")
    found["second factor"] = browser.open("/console/second-factor")
    found["enrolling"] = browser.send("/console/second-factor/enrol")
    found["missing"] = browser.open("/console/nothing")
    browser.open(f"/console/items/{item}")
    found["decided"] = browser.send(f"/console/items/{item}/decide", "genuine")
    admin, _ = signed_in(Role.ADMIN)
    found["admin"] = admin.page
    admin.enrol()
    with sessions.begin() as session:
        endpoints.add(session, "shop", "https://shop.example/in", events=(), networks=())
        accused = file_uncertain(session, "uploads", f"{new_id()}.png").item
    decided(sessions, accused, HumanLabel.SYNTHETIC)
    for page in ("numbers", "feedback", "models", "webhooks", "webhooks/shop", f"items/{accused}/statement"):
        found[page.replace(str(accused), "of")] = admin.open(f"/console/{page}")
        assert admin.status == 200
    return found


NAMES = (
    *("sign-in", "item", "claimed", "wrong", "queue", "account", "second factor", "enrolling", "missing"),
    *("decided", "admin", "items/of/statement", "numbers", "feedback", "models", "webhooks", "webhooks/shop"),
)


def test_every_page_is_looked_at(pages: dict[str, Page]) -> None:
    assert set(pages) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_script_and_no_style_is_inline(pages: dict[str, Page], name: str) -> None:
    """The policy of contents would refuse it."""
    for tag, attributes in pages[name].tags:
        assert tag != "style"
        assert tag != "script" or (attributes.get("src") or "").startswith("/console/static/")
        assert "style" not in attributes
        assert not [attribute for attribute in attributes if attribute.startswith("on")]
        assert "://" not in (attributes.get("src") or "")


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_changes_something_carries_the_token(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    signed_in = "Sign out" in page.text
    for form in page.forms:
        if form.method == "post" and form.action not in VOID_OF_TOKEN:
            assert "csrf_token" in form.fields
            assert bool(form.fields["csrf_token"]) is signed_in or form.action == "/console/theme"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_a_language_a_title_one_heading_and_a_way_past_the_navigation(
    pages: dict[str, Page], name: str
) -> None:
    tags = [tag for tag, attributes in pages[name].tags if tag != "title" or "id" not in attributes]
    assert (tags.count("h1"), tags.count("title"), tags.count("main")) == (1, 1, 1), (
        "titles of charts have ids"
    )
    assert pages[name].tags[0] == ("html", {"lang": "en", "data-theme": "system"})
    assert ("a", {"class": "skip", "href": "#main"}) in pages[name].tags
    ids = [attributes["id"] for _, attributes in pages[name].tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_says_what_it_is(pages: dict[str, Page], name: str) -> None:
    assert all(attributes.get("alt") for tag, attributes in pages[name].tags if tag == "img")


def test_every_answer_has_the_policy_of_contents_and_is_kept_nowhere(new_browser: NewBrowser) -> None:
    """Styles and scripts are kept, and asked for anew."""
    client = new_browser().client
    for path, kept in (("/console/sign-in", "no-store"), ("/console/static/console.css", "no-cache")):
        answer = client.get(path)
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["cache-control"] == kept
