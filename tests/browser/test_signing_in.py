"""Signing in, and what is said to those who can't."""

from __future__ import annotations

import re

import pytest

from db.models.accounts import Role
from db.queries import accounts, browser_sessions
from tests.browser.conftest import NewItem, NewVisitor, SignedIn
from tests.worker.access.people import account
from tests.worker.inbox import Sessions


def test_a_moderator_signs_in_and_out_with_the_keyboard_alone(
    new_visitor: NewVisitor, sessions: Sessions
) -> None:
    name, visitor = account(sessions), new_visitor()
    visitor.open("/console/")
    assert visitor.path == "/console/sign-in"
    visitor.page.keyboard.type(name)  # the first field has the focus
    visitor.key("Tab")
    visitor.page.keyboard.type("three brown foxes")
    visitor.key("Enter")
    visitor.page.wait_for_url("**/console/")
    assert name in visitor.text
    visitor.button("Sign out").focus()
    visitor.key("Enter")
    visitor.page.wait_for_url("**/console/sign-in*")
    assert "You are signed out." in visitor.text
    visitor.open("/console/")
    assert visitor.path == "/console/sign-in"


def test_a_wrong_password_is_said_and_the_name_stays_and_soon_one_has_to_wait(
    new_visitor: NewVisitor, sessions: Sessions
) -> None:
    name, visitor = account(sessions), new_visitor()
    visitor.sign_in(name, "three green foxes")
    assert "The name or the password is wrong; try again." in visitor.text
    assert visitor.page.get_by_label("Name").input_value() == name
    for _ in range(20):
        visitor.sign_in(name, "three green foxes")
        told = re.search(r"Too many attempts to sign in failed; try again in (\d+) s\.", visitor.text)
        if told and int(told[1]) >= 8:
            break
    visitor.sign_in(name)
    assert "Too many attempts to sign in failed; try again in" in visitor.text, "even with the right one"
    assert visitor.path == "/console/sign-in"


def test_who_was_on_the_way_to_a_page_gets_there_after_signing_in(
    new_visitor: NewVisitor, new_item: NewItem, sessions: Sessions
) -> None:
    name, visitor, item = account(sessions), new_visitor(), new_item()
    visitor.open(f"/console/items/{item}")
    assert visitor.path == "/console/sign-in"
    visitor.page.get_by_label("Name").fill(name)
    visitor.page.get_by_label("Password").fill("three brown foxes")
    visitor.press_button("Sign in")
    assert visitor.path == f"/console/items/{item}"


def test_a_session_that_was_ended_leads_to_the_sign_in_page_and_says_so(
    signed_in: SignedIn, new_item: NewItem, sessions: Sessions
) -> None:
    visitor, name = signed_in()
    visitor.claim(new_item())
    with sessions.begin() as session:
        stored = accounts.by_name(session, name)
        assert stored is not None
        browser_sessions.close_all(session, stored.id)
    visitor.key("g")
    visitor.page.wait_for_url("**/console/sign-in*")
    assert "Your session has ended." in visitor.text


def test_an_admin_enrols_an_authenticator_before_anything_else(signed_in: SignedIn) -> None:
    visitor, name = signed_in(Role.ADMIN)
    assert visitor.path == "/console/second-factor"
    visitor.open("/console/")
    assert visitor.path == "/console/second-factor", "nothing is shown before"
    assert visitor.page.get_by_role("navigation", name="Pages").count() == 0
    visitor.enrol()
    recovery = visitor.page.locator(".codes code").all_inner_texts()
    assert len(set(recovery)) >= 8
    visitor.page.get_by_role("link", name="I have kept them").click()
    assert visitor.path == "/console/"
    visitor.press_button("Sign out")
    visitor.sign_in(name)
    visitor.page.get_by_label("Code").fill(recovery[0])
    visitor.press_button("Go on")
    assert visitor.path == "/console/"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_does_not_decide_is_offered_no_step_and_refused_in_words(
    role: Role, signed_in: SignedIn, new_item: NewItem
) -> None:
    visitor, _ = signed_in(role)
    if role is Role.ADMIN:
        visitor.enrol()
    item = new_item()
    assert visitor.open(f"/console/items/{item}") == 200
    assert visitor.button("Claim this item").count() == 0
    assert visitor.button("Next item").count() == 0
    with visitor.page.expect_navigation():
        visitor.page.evaluate(
            """(action) => {
              const theme = document.querySelector("form.theme");
              theme.method = "post";
              theme.action = action;
              theme.querySelector("button").click();
            }""",
            f"/console/items/{item}/claim",
        )
    assert "Your role may not do this" in visitor.text


def test_a_service_can_not_sign_in(new_visitor: NewVisitor, sessions: Sessions) -> None:
    visitor = new_visitor()
    visitor.sign_in(account(sessions, Role.SERVICE))
    assert "The name or the password is wrong; try again." in visitor.text
