"""Signing in and out of the console, and one's own account."""

from __future__ import annotations

import pyotp
import pytest

from db.models.accounts import Role
from tests.worker.access.people import PASSWORD, account
from tests.worker.console.conftest import NewBrowser, SignedIn
from tests.worker.inbox import Sessions

OTHER = "four purple herons"


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """The page that was asked for is opened afterwards."""
    browser = new_browser()
    browser.open("/console/account")
    assert (browser.status, browser.path) == (200, "/console/sign-in")
    browser.send("/console/sign-in", name=account(sessions), password=PASSWORD)
    assert (browser.status, browser.path) == (200, "/console/account")


def test_the_root_leads_to_the_console(new_browser: NewBrowser) -> None:
    browser = new_browser()
    browser.open("/")
    assert browser.path == "/console/sign-in"


@pytest.mark.parametrize(
    "then", ["https://elsewhere.example/", "//elsewhere.example", "/console/\\x", "/v1/x"]
)
def test_signing_in_leads_nowhere_else(new_browser: NewBrowser, sessions: Sessions, then: str) -> None:
    browser = new_browser()
    browser.open("/console/sign-in")
    browser.send("/console/sign-in", name=account(sessions), password=PASSWORD, then=then)
    assert browser.path == "/console/"


def test_a_wrong_password_is_said_on_the_form_that_keeps_the_name(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    browser, name = new_browser(), account(sessions)
    page = browser.sign_in(name, "not this one")
    assert browser.status == 401
    assert "The name or the password is wrong; try again." in page.text
    assert page.form("/console/sign-in").fields["name"] == name


def test_signing_out_ends_the_session(signed_in: SignedIn) -> None:
    browser, _ = signed_in()
    cookies = dict(browser.client.cookies)
    page = browser.send("/console/sign-out")
    assert "You are signed out." in page.text
    browser.client.cookies.update(cookies)
    page = browser.open("/console/")
    assert browser.path == "/console/sign-in"
    assert "Your session has ended." in page.text


def test_a_form_without_the_sessions_token_is_refused_in_words(signed_in: SignedIn) -> None:
    browser, _ = signed_in()
    page = browser.post("/console/sign-out", csrf_token="of another session")
    assert browser.status == 403
    assert "This form is out of date" in page.text


def test_the_password_is_changed_on_ones_own_page(signed_in: SignedIn, new_browser: NewBrowser) -> None:
    """Only with the present one, and only where both new ones are alike."""
    browser, name = signed_in()
    browser.open("/console/account")
    where = "/console/account/password"
    assert "differ" in browser.send(where, old=PASSWORD, new=OTHER, again=PASSWORD).text
    assert "present password is wrong" in browser.send(where, old="no", new=OTHER, again=OTHER).text
    assert "Your password was changed." in browser.send(where, old=PASSWORD, new=OTHER, again=OTHER).text
    other = new_browser()
    other.sign_in(name, OTHER)
    assert other.path == "/console/"


def test_all_sessions_end_at_once(signed_in: SignedIn, new_browser: NewBrowser) -> None:
    browser, name = signed_in()
    other = new_browser()
    other.sign_in(name)
    browser.open("/console/account")
    browser.send("/console/account/sign-out-everywhere")
    other.open("/console/")
    assert browser.path == other.path == "/console/sign-in"


def test_an_admin_enrols_and_from_then_on_gives_a_code(signed_in: SignedIn, new_browser: NewBrowser) -> None:
    """Nothing else is open before; a recovery code works once."""
    browser, name = signed_in(Role.ADMIN)
    assert browser.path == "/console/second-factor"
    page = browser.send("/console/second-factor/enrol")
    secret = page.text.split("Secret")[1].split()[0]
    assert "otpauth://totp/artgate" in page.text
    assert "The code is wrong" in browser.send("/console/second-factor/confirm", code="000000").text
    page = browser.send("/console/second-factor/confirm", code=pyotp.TOTP(secret).now())
    code = page.text.split("password manager.")[1].split()[0]
    browser.open("/console/")
    assert browser.path == "/console/"

    other = new_browser()
    other.sign_in(name)
    assert other.path == "/console/second-factor"
    other.send("/console/second-factor", code=code)
    assert (other.status, other.path) == (200, "/console/")
    third = new_browser()
    third.sign_in(name)
    assert "used before" in third.send("/console/second-factor", code=code).text


def test_the_theme_is_kept_in_the_browser(signed_in: SignedIn) -> None:
    browser, _ = signed_in()
    browser.open("/console/account")
    page = browser.send("/console/theme", "light")
    assert browser.path == "/console/account"
    assert ("html", {"lang": "en", "data-theme": "light"}) in page.tags
