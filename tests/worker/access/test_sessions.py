"""Sessions of browsers: begun, used, rotated, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text, update

from db.models import Account, BrowserSession
from db.models.accounts import Role
from db.queries import accounts as stored
from tests.worker.access.browsing import fresh_address, post, refused, sign_in
from tests.worker.access.conftest import NewBrowser
from tests.worker.access.people import PASSWORD, account, bearer, fresh_name
from tests.worker.inbox import Sessions
from worker.access import accounts, passwords
from worker.access.secret import digest

COOKIE = "__Host-artgate-session"


def me(browser: Any) -> Any:
    """Who the browser is, or why it is nobody."""
    answer = browser.get("/v1/access/me")
    return answer.json()["name"] if answer.status_code == 200 else refused(answer)


def test_who_signs_in_may_use_the_review_api(new_browser: NewBrowser, sessions: Sessions) -> None:
    """The cookie alone reads; what changes something carries the session's token too."""
    name, browser = account(sessions), new_browser()
    said = sign_in(browser, name.upper())
    assert (said["name"], said["role"], said["second_factor_needed"]) == (name, "moderator", False)
    assert browser.get("/v1/review/items").status_code == 200
    assert browser.get("/v1/access/me").json() == said
    token = {"X-CSRF-Token": said["csrf_token"]}
    assert refused(browser.post("/v1/review/claim", headers=token)) == (404, "queue_empty")
    assert refused(browser.post("/v1/review/claim")) == (403, "csrf_refused")


def test_the_cookie_is_of_this_host_alone_and_no_scripts(new_browser: NewBrowser, sessions: Sessions) -> None:
    """And PostgreSQL has its hash, not what it says."""
    browser = new_browser()
    answer = post(browser, "sign-in", name=account(sessions), password=PASSWORD)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"path=/", "secure", "httponly", "samesite=lax"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    secret = browser.cookies[COOKIE]
    with sessions() as session:
        kept = session.scalars(select(BrowserSession.digest)).all()
    assert digest(secret) in kept
    assert secret.encode() not in b"".join(kept)


def test_signing_in_gives_another_cookie_and_ends_the_one_before(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """What someone had planted in the browser, or had seen before, is worth nothing."""
    name, browser = account(sessions), new_browser()
    browser.cookies.set(COOKIE, "planted", domain="moderation.example", path="/")
    sign_in(browser, name)
    first = browser.cookies[COOKIE]
    assert first != "planted"
    sign_in(browser, name)
    assert browser.cookies[COOKIE] != first
    thief = new_browser()
    thief.cookies.set(COOKIE, first)
    assert me(thief) == (401, "session_ended")


def test_signing_out_ends_the_session_at_the_server(new_browser: NewBrowser, sessions: Sessions) -> None:
    """The browser forgets its cookie, and the cookie opens nothing any more."""
    name, browser, copy = account(sessions), new_browser(), new_browser()
    token = sign_in(browser, name)["csrf_token"]
    copy.cookies.set(COOKIE, browser.cookies[COOKIE])
    assert me(copy) == name
    assert refused(post(browser, "sign-out")) == (403, "csrf_refused")
    assert post(browser, "sign-out", token).status_code == 204
    assert COOKIE not in browser.cookies
    assert me(copy) == (401, "session_ended")


def test_signing_out_everywhere_ends_every_session_of_the_account(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """And no other one's."""
    name, other = account(sessions), account(sessions)
    here, there, elsewhere = new_browser(), new_browser(), new_browser()
    token = sign_in(here, name)["csrf_token"]
    sign_in(there, name)
    sign_in(elsewhere, other)
    assert post(here, "sign-out-everywhere", token).json() == {"ended": 2}
    assert me(there) == (401, "session_ended")
    assert me(elsewhere) == other


def test_a_new_password_rotates_the_session_and_ends_the_others(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """The old one is asked for; a weak one is refused."""
    name, here, there = account(sessions), new_browser(), new_browser()
    token = sign_in(here, name)["csrf_token"]
    sign_in(there, name)
    before = here.cookies[COOKIE]
    new = "four yellow cats"
    assert refused(post(here, "password", token, old="wrong", new=new)) == (401, "sign_in_refused")
    assert refused(post(here, "password", token, old=PASSWORD, new="short")) == (422, "account_invalid")
    changed = post(here, "password", token, old=PASSWORD, new=new)
    assert changed.status_code == 200
    assert here.cookies[COOKIE] != before
    assert changed.json()["csrf_token"] != token
    assert (me(here), me(there)) == (name, (401, "session_ended"))
    assert sign_in(there, name, new)["name"] == name


@pytest.mark.parametrize("change", ["role", "password", "disable"])
def test_what_an_operator_changes_ends_the_sessions(
    new_browser: NewBrowser, sessions: Sessions, change: str
) -> None:
    """Nobody goes on with what they were before."""
    name, browser = account(sessions), new_browser()
    sign_in(browser, name)
    with sessions.begin() as session:
        if change == "role":
            accounts.set_role(session, name, Role.AUDITOR)
        elif change == "password":
            accounts.set_password(session, name, "four yellow cats")
        else:
            accounts.disable(session, name)
            accounts.enable(session, name)
    assert me(browser) == (401, "session_ended")


@pytest.mark.parametrize("moment", ["expires_at = now()", "last_seen_at = now() - interval '31 minutes'"])
def test_a_session_ends_when_it_is_old_and_when_it_is_idle(
    new_browser: NewBrowser, sessions: Sessions, moment: str
) -> None:
    """By PostgreSQL's clock."""
    name, browser = account(sessions), new_browser()
    sign_in(browser, name)
    assert me(browser) == name
    with sessions.begin() as session:
        session.execute(
            text(f"UPDATE browser_sessions SET {moment} WHERE digest = :digest"),
            {"digest": digest(browser.cookies[COOKIE])},
        )
    assert me(browser) == (401, "session_ended")


def test_use_keeps_a_session_awake(new_browser: NewBrowser, sessions: Sessions) -> None:
    """To the minute: a second request within it writes nothing."""
    browser = new_browser()
    sign_in(browser, account(sessions))
    mine = BrowserSession.digest == digest(browser.cookies[COOKIE])
    with sessions.begin() as session:
        begun = session.scalars(select(BrowserSession.last_seen_at).where(mine)).one()
        tired = begun - timedelta(minutes=29)
        session.execute(update(BrowserSession).where(mine).values(last_seen_at=tired))
    seen = []
    for _ in range(2):
        me(browser)
        with sessions() as session:
            seen.append(session.scalars(select(BrowserSession.last_seen_at).where(mine)).one())
    assert seen[0] == seen[1] > begun


def test_every_wrong_sign_in_has_the_same_answer(new_browser: NewBrowser, sessions: Sessions) -> None:
    """Wrong password, no such account, disabled, without a password, a service: nobody learns which."""
    disabled = account(sessions)
    with sessions.begin() as session:
        accounts.disable(session, disabled)
    tried = [
        (account(sessions), "wrong password"),
        (fresh_name(), PASSWORD),
        (disabled, PASSWORD),
        (account(sessions, password=None), PASSWORD),
        (account(sessions, Role.SERVICE), PASSWORD),
        ("not a name!", PASSWORD),
    ]
    answers = [
        post(new_browser(address=fresh_address()), "sign-in", name=name, password=password)
        for name, password in tried
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_an_unknown_account_costs_the_same_hash(
    new_browser: NewBrowser, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One Argon2id for each attempt, whoever is named: the time tells nothing."""
    counted: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, stored: str, password: str) -> bool:
        counted.append(stored.rpartition("$")[0].rpartition("$")[0])
        return real(self, stored, password)

    passwords.matches("once", None)  # the stand-in is made at the first need
    monkeypatch.setattr(PasswordHasher, "verify", verify)
    for name in (account(sessions), fresh_name()):
        post(new_browser(address=fresh_address()), "sign-in", name=name, password="wrong password")
    assert len(counted) == 2
    assert len(set(counted)) == 1


def test_an_outdated_hash_is_made_anew_at_the_next_sign_in(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """Stronger parameters reach everyone without a new password."""
    name = account(sessions)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with sessions.begin() as session:
        stored.set_password_hash(session, accounts.known(session, name).id, weak)
    sign_in(new_browser(), name)
    with sessions() as session:
        kept = session.scalars(select(Account.password_hash).where(Account.name == name)).one()
    assert kept is not None
    assert kept != weak
    assert not passwords.is_outdated(kept)
    assert passwords.matches(PASSWORD, kept)


def test_a_token_changes_nothing_of_its_account(new_browser: NewBrowser, sessions: Sessions) -> None:
    """It may say whose it is; what belongs to a session needs one."""
    name, browser = account(sessions), new_browser()
    key = bearer(sessions, name)
    said = browser.get("/v1/access/me", headers=key).json()
    assert (said["name"], said["csrf_token"]) == (name, None)
    for path, body in [
        ("password", {"old": PASSWORD, "new": "four yellow cats"}),
        ("sign-out-everywhere", None),
        ("second-factor/enrol", None),
        ("second-factor", {"code": "123456"}),
    ]:
        answer = browser.post(f"/v1/access/{path}", json=body, headers=key)
        assert refused(answer) == (422, "bad_request")
