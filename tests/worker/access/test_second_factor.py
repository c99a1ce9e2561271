"""Authenticators and recovery codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select

from db.models import RecoveryCode
from db.models.accounts import Role
from tests.worker.access.browsing import fresh_address, post, refused, sign_in
from tests.worker.access.conftest import NewBrowser
from tests.worker.access.people import account
from tests.worker.inbox import Sessions
from worker.access import accounts, second_factor
from worker.access.throttle import PER_NAME

MOMENT = 1_800_000_015
COOKIE = "__Host-artgate-session"


def code(secret: str, steps: int = 0) -> str:
    """What an authenticator shows, so many times 30 s from now."""
    return pyotp.TOTP(secret).at(MOMENT + 30 * steps)


@pytest.fixture(autouse=True)
def _clock_that_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test crosses the border of two steps."""
    monkeypatch.setattr(second_factor, "unix_now", lambda: MOMENT)


def enrolled(browser: Any, name: str) -> tuple[str, list[str]]:
    """Sign in and enrol an authenticator; gives its secret and the recovery codes."""
    token = sign_in(browser, name)["csrf_token"]
    secret = post(browser, "second-factor/enrol", token).json()["secret"]
    confirmed = post(browser, "second-factor/confirm", token, code=code(secret))
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]


def test_an_admin_can_do_nothing_before_a_second_factor(new_browser: NewBrowser, sessions: Sessions) -> None:
    """But enrol one; the session that has shown it is another one."""
    name, browser = account(sessions, Role.ADMIN), new_browser()
    said = sign_in(browser, name)
    assert said["second_factor_needed"]
    assert refused(browser.get("/v1/review/items")) == (403, "second_factor_needed")
    assert refused(post(browser, "sign-out-everywhere", said["csrf_token"])) == (403, "second_factor_needed")
    before = browser.cookies[COOKIE]
    enrolled(browser, name)
    assert browser.cookies[COOKIE] != before
    assert browser.get("/v1/review/items").status_code == 200
    assert browser.get("/v1/access/me").json()["second_factor_needed"] is False


def test_who_has_an_authenticator_is_asked_for_its_code(new_browser: NewBrowser, sessions: Sessions) -> None:
    """A moderator too, once enrolled; a wrong code and a used one are refused."""
    name, browser = account(sessions), new_browser()
    secret, _ = enrolled(browser, name)
    again = new_browser()
    said = sign_in(again, name)
    assert said["second_factor_needed"]
    token = said["csrf_token"]
    used = post(again, "second-factor", token, code=code(secret))
    assert refused(used) == (401, "sign_in_refused")
    before = again.cookies[COOKIE]
    right = post(again, "second-factor", token, code=f" {code(secret, 1)[:3]} {code(secret, 1)[3:]} ")
    assert right.status_code == 200
    assert right.json()["second_factor_needed"] is False
    assert again.cookies[COOKIE] != before
    assert again.get("/v1/review/items").status_code == 200


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(sessions: Sessions, steps: int, right: bool) -> None:
    """A code of a neighbouring step is taken, an older or later one is not."""
    name = account(sessions)
    with sessions.begin() as session:
        owner = accounts.known(session, name).id
        secret = second_factor.offer(session, owner, name).secret
        taken = second_factor.confirm(session, owner, code(secret, steps))
    assert (taken is not None) is right


def test_no_code_is_taken_twice(sessions: Sessions) -> None:
    """Nor an earlier one after a later one."""
    name = account(sessions)
    with sessions.begin() as session:
        owner = accounts.known(session, name).id
        secret = second_factor.offer(session, owner, name).secret
        assert not second_factor.is_right(session, owner, code(secret)), "it is not confirmed"
        assert second_factor.confirm(session, owner, code(secret))
        later = code(secret, 1)
        assert second_factor.is_right(session, owner, later)
        assert not second_factor.is_right(session, owner, later)
        assert not second_factor.is_right(session, owner, code(secret))


def test_a_recovery_code_works_once_and_is_stored_as_a_hash(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """However it is typed."""
    name, browser = account(sessions), new_browser()
    _, codes = enrolled(browser, name)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    with sessions() as session:
        digests = session.scalars(select(RecoveryCode.digest)).all()
    assert all(codes[0].replace("-", "").encode() not in digest for digest in digests)
    typed = codes[0].upper().replace("-", " ")
    for expected in (200, 401):
        token = sign_in(browser, name)["csrf_token"]
        assert post(browser, "second-factor", token, code=typed).status_code == expected


def test_guessing_codes_is_slowed_down(new_browser: NewBrowser, sessions: Sessions) -> None:
    """Like guessing passwords: the right password in between does not begin the count anew."""
    name = account(sessions)
    enrolled(new_browser(), name)
    statuses = []
    for _ in range(PER_NAME.free):
        browser = new_browser(address=fresh_address())
        answer = post(browser, "sign-in", name=name, password="three brown foxes")
        if answer.status_code == 200:
            answer = post(browser, "second-factor", answer.json()["csrf_token"], code="000000")
        statuses.append(answer.status_code)
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_an_authenticator_is_replaced_by_an_operator_alone(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """Who has taken a session over can't make it theirs; after `unenrol` all sessions have ended."""
    name, browser = account(sessions), new_browser()
    enrolled(browser, name)
    token = browser.get("/v1/access/me").json()["csrf_token"]
    assert refused(post(browser, "second-factor/enrol", token)) == (422, "account_invalid")
    with sessions.begin() as session:
        assert second_factor.remove(session, name)
        assert not second_factor.remove(session, name)
    assert refused(browser.get("/v1/access/me")) == (401, "session_ended")
    assert sign_in(browser, name)["second_factor_needed"] is False


def test_a_confirmation_without_an_enrolment_is_refused(new_browser: NewBrowser, sessions: Sessions) -> None:
    browser = new_browser()
    token = sign_in(browser, account(sessions))["csrf_token"]
    assert refused(post(browser, "second-factor/confirm", token, code="123456")) == (422, "account_invalid")


def test_the_address_for_authenticators_names_artgate_and_the_account(sessions: Sessions) -> None:
    """As Google's and others' programs read it."""
    name = account(sessions)
    with sessions.begin() as session:
        made = second_factor.offer(session, accounts.known(session, name).id, name)
    parts = urlsplit(made.uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": [made.secret], "issuer": ["artgate"]}
    assert parts.path == f"/artgate:{name}"
