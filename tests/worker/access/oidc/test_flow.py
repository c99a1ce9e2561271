"""Signing in with a provider: the browser, artgate and the provider, all real."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import text

from db.models.accounts import Role
from detector.reasons import Rejected
from tests.worker.access.browsing import refused
from tests.worker.access.conftest import HOST, NewBrowser
from tests.worker.access.oidc.provider import CLIENT_SECRET, Claims, IdentityProvider
from tests.worker.access.people import account, fresh_name
from tests.worker.inbox import Sessions
from worker.access import accounts
from worker.access.oidc import flow
from worker.clock import new_id
from worker.settings import Settings


def person(*groups: str, name: str | None = None, **others: object) -> Claims:
    """Claims of someone new."""
    return {
        "sub": new_id().hex,
        "preferred_username": name or fresh_name(),
        "realm_access": {"roles": list(groups)},
        **others,
    }


def depart(browser: Any) -> str:
    """Begin in a browser and agree at the provider; gives the address that leads back."""
    start = browser.get("/v1/access/oidc/start", follow_redirects=False)
    assert start.status_code == 303, start.text
    agreed = httpx.get(start.headers["location"], follow_redirects=False, trust_env=False)
    assert agreed.status_code == 303
    back = agreed.headers["location"]
    assert back.startswith(f"{HOST}/v1/access/oidc/callback?")
    return back.removeprefix(HOST)


def arrive(browser: Any, back: str) -> Any:
    """Come back from the provider."""
    return browser.get(back, follow_redirects=False)


def who(browser: Any) -> tuple[str, str, bool]:
    """Name, role, and whether a second factor is needed."""
    said = browser.get("/v1/access/me").json()
    return said["name"], said["role"], said["second_factor_needed"]


def test_a_person_of_the_provider_gets_an_account_with_the_role_of_their_group(
    new_browser: NewBrowser, provider: IdentityProvider, sessions: Sessions
) -> None:
    """And is found by the subject the next time, whatever they are called then."""
    name = fresh_name()
    provider.person = person("readers", "art-team", name=name.upper())
    browser = new_browser()
    answer = arrive(browser, depart(browser))
    assert (answer.status_code, answer.headers["location"]) == (303, "/v1/access/me")
    assert who(browser) == (name, "moderator", False)
    assert browser.get("/v1/review/items").status_code == 200
    with sessions() as session:
        assert accounts.known(session, name).password_hash is None
    provider.person["preferred_username"] = "someone else"
    other = new_browser()
    arrive(other, depart(other))
    assert who(other) == (name, "moderator", False)


def test_the_provider_says_the_role_at_each_sign_in(
    new_browser: NewBrowser, provider: IdentityProvider
) -> None:
    """Another role ends the sessions with the one before."""
    provider.person = person("art-team")
    first, second = new_browser(), new_browser()
    arrive(first, depart(first))
    provider.person["realm_access"]["roles"] = ["art-team", "art-leads"]
    arrive(second, depart(second))
    assert who(second)[1] == "senior"
    assert refused(first.get("/v1/access/me")) == (401, "session_ended")


@pytest.mark.parametrize("claims", [{}, {"realm_access": {"roles": ["art"]}}, {"realm_access": "art-team"}])
def test_without_a_role_nobody_is_let_in(
    new_browser: NewBrowser, provider: IdentityProvider, sessions: Sessions, claims: Claims
) -> None:
    """Being known to the provider is not being a moderator."""
    name = fresh_name()
    provider.person = {"sub": new_id().hex, "preferred_username": name, **claims}
    browser = new_browser()
    assert refused(arrive(browser, depart(browser))) == (401, "sign_in_refused")
    with sessions() as session, pytest.raises(Rejected):
        accounts.known(session, name)


@pytest.mark.parametrize(("methods", "needed"), [(None, True), (["pwd"], True), (["pwd", "mfa"], False)])
def test_an_admin_needs_a_second_factor_of_the_provider_or_of_artgate(
    new_browser: NewBrowser, provider: IdentityProvider, methods: list[str] | None, needed: bool
) -> None:
    provider.person = person("art-admins") | ({} if methods is None else {"amr": methods})
    browser = new_browser()
    arrive(browser, depart(browser))
    assert who(browser)[1:] == ("admin", needed)


def test_an_account_of_the_same_name_is_never_taken_over(
    new_browser: NewBrowser, provider: IdentityProvider, sessions: Sessions, settings: Settings
) -> None:
    """Until an operator has linked it with the subject."""
    name = account(sessions, Role.MODERATOR)
    provider.person = person("art-team", name=name)
    browser = new_browser()
    answer = arrive(browser, depart(browser))
    assert refused(answer) == (401, "sign_in_refused")
    assert "artgate accounts link" in answer.json()["detail"]
    with sessions.begin() as session:
        flow.link(session, settings, name, provider.person["sub"])
        with pytest.raises(Rejected, match="linked with an account already"):
            flow.link(session, settings, account(sessions), provider.person["sub"])
        with pytest.raises(Rejected, match="service"):
            flow.link(session, settings, account(sessions, Role.SERVICE), "another")
    arrive(browser, depart(browser))
    assert who(browser)[0] == name


def test_a_disabled_account_stays_out(
    new_browser: NewBrowser, provider: IdentityProvider, sessions: Sessions
) -> None:
    """Whatever the provider says of it."""
    provider.person = person("art-team")
    browser = new_browser()
    arrive(browser, depart(browser))
    with sessions.begin() as session:
        accounts.disable(session, who(browser)[0])
    assert refused(arrive(browser, depart(browser))) == (401, "sign_in_refused")


@pytest.mark.parametrize("name", ["", "no good name", "Ännchen"])
def test_a_name_that_no_account_can_have_is_told(
    new_browser: NewBrowser, provider: IdentityProvider, name: str
) -> None:
    """A verified address is the second choice; an unverified one is anybody's."""
    email = f"{new_id().hex}@art.example"
    provider.person = person("art-team", email=email) | {"preferred_username": name}
    browser = new_browser()
    assert refused(arrive(browser, depart(browser))) == (401, "sign_in_refused")
    provider.person["email_verified"] = True
    arrive(browser, depart(browser))
    assert who(browser)[0] == email


def test_what_one_browser_began_no_other_ends(new_browser: NewBrowser, provider: IdentityProvider) -> None:
    """Nor the same one twice, nor with another state, nor after ten minutes."""
    provider.person = person("art-team")
    mine, other = new_browser(), new_browser()
    back = depart(mine)
    depart(other)
    assert refused(arrive(other, back)) == (401, "sign_in_refused")
    assert refused(arrive(new_browser(), back)) == (401, "sign_in_refused")
    assert arrive(mine, back).status_code == 303
    assert refused(arrive(mine, back)) == (401, "sign_in_refused")
    assert refused(arrive(mine, "/v1/access/oidc/callback")) == (401, "sign_in_refused")


def test_a_sign_in_that_took_too_long_is_over(
    new_browser: NewBrowser, provider: IdentityProvider, sessions: Sessions
) -> None:
    """And forgotten at the next one."""
    browser = new_browser()
    back = depart(browser)
    with sessions.begin() as session:
        session.execute(text("UPDATE oidc_attempts SET expires_at = now()"))
    assert refused(arrive(browser, back)) == (401, "sign_in_refused")
    depart(new_browser())
    with sessions() as session:
        assert session.execute(text("SELECT count(*) FROM oidc_attempts")).scalar_one() == 1


def test_who_refuses_at_the_provider_is_told_to_begin_again(
    new_browser: NewBrowser, provider: IdentityProvider
) -> None:
    """An error instead of a code; also an answer in another issuer's name (RFC 9207)."""
    for change in ({"error": "access_denied"}, {"iss": "https://evil.example", "code": "x"}):
        browser = new_browser()
        state = parse_qs(urlsplit(depart(browser)).query)["state"][0]
        answer = browser.get("/v1/access/oidc/callback", params={"state": state, **change})
        assert refused(answer) == (401, "sign_in_refused")
    assert provider.requests.count("/token") == 0


def test_a_code_is_worth_nothing_without_the_verifier(
    new_browser: NewBrowser, provider: IdentityProvider, sessions: Sessions
) -> None:
    """PKCE: the provider checks what artgate alone knows."""
    browser = new_browser()
    back = depart(browser)
    with sessions.begin() as session:
        session.execute(text("UPDATE oidc_attempts SET verifier = repeat('x', 43)"))
    assert refused(arrive(browser, back)) == (401, "sign_in_refused")


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "first"})


def signed(key: Any, **header: object) -> Callable[[dict[str, Any], Claims], str]:
    """A token with another header, or by another key."""
    return lambda honest, claims: jwt.encode({**honest, **header}, claims, key)


def unsigned(honest: dict[str, Any], claims: Claims) -> str:
    """A token of the algorithm none."""
    head, body, _ = jwt.encode(honest, claims, OTHER_KEY).split(".")
    none = jwt.encode({"alg": "HS256", "typ": "none"}, claims, OctKey.import_key("k" * 32)).split(".")[0]
    assert head != none
    return f"eyJhbGciOiJub25lIn0.{body}."


@pytest.mark.parametrize(
    "token",
    [
        unsigned,
        signed(OTHER_KEY),
        signed(OTHER_KEY, kid="unknown"),
        signed(OctKey.import_key(CLIENT_SECRET.ljust(32, "x")), alg="HS256"),
        lambda *_: "no.token.atall",
        lambda *_: 5,
    ],
    ids=["unsigned", "another key", "unknown key", "shared secret", "nonsense", "a number"],
)
def test_a_token_that_the_providers_key_did_not_sign_is_refused(
    new_browser: NewBrowser, provider: IdentityProvider, token: Callable[[dict[str, Any], Claims], Any]
) -> None:
    provider.person = person("art-team")
    provider.token = token
    browser = new_browser()
    status, reason = refused(arrive(browser, depart(browser)))
    assert (status, reason) in {(401, "sign_in_refused"), (503, "provider_unavailable")}
    assert browser.get("/v1/access/me").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": ["artgate", "another"], "azp": "another"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"sub": ""},
        {"sub": 5},
        {"sub": "a\x00b"},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_for_something_else_is_refused(
    new_browser: NewBrowser, provider: IdentityProvider, wrong: Claims
) -> None:
    """Signed by the right key; null stands for a claim that is not there."""

    def make(header: dict[str, Any], claims: Claims) -> str:
        changed = {name: value for name, value in (claims | wrong).items() if value is not None}
        return jwt.encode(header, changed, provider.key)

    provider.person = person("art-team")
    provider.token = make
    browser = new_browser()
    assert refused(arrive(browser, depart(browser))) == (401, "sign_in_refused")
    assert browser.get("/v1/access/me").status_code == 401


def test_no_address_in_a_token_is_ever_visited(new_browser: NewBrowser, provider: IdentityProvider) -> None:
    """Neither keys that its header points to, nor pictures, nor issuers; the sign-in goes on without them."""
    trap = f"{provider.url}/trap"
    provider.person = person("art-team", picture=trap, profile=trap, website=trap)
    provider.token = signed(provider.key, jku=trap, x5u=trap)
    browser = new_browser()
    arrive(browser, depart(browser))
    assert who(browser)[1] == "moderator"
    assert set(provider.requests) == {"/.well-known/openid-configuration", "/authorize", "/keys", "/token"}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_a_redirect_is_not_followed(new_browser: NewBrowser, provider: IdentityProvider, path: str) -> None:
    """It leads away from what the settings name."""
    provider.person = person("art-team")
    browser = new_browser()
    back = depart(browser)
    provider.refuse = lambda asked: (302, {"Location": f"{provider.url}/trap"}) if asked == path else None
    assert refused(arrive(browser, back)) == (503, "provider_unavailable")
    assert "/trap" not in provider.requests


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"issuer": "https://evil.example"}, (500, "settings_invalid")),
        ({"token_endpoint": "http://evil.example/token"}, (500, "settings_invalid")),
        ({"jwks_uri": "file:///etc/passwd"}, (503, "provider_unavailable")),
        ({"authorization_endpoint": None}, (503, "provider_unavailable")),
    ],
)
def test_a_discovery_document_that_can_not_be_right_is_refused(
    new_browser: NewBrowser, provider: IdentityProvider, change: dict[str, Any], status: tuple[int, str]
) -> None:
    """Before the browser is sent anywhere."""
    provider.metadata = lambda document: document | change
    answer = new_browser().get("/v1/access/oidc/start", follow_redirects=False)
    assert refused(answer) == status


def test_a_provider_that_is_down_is_a_trouble_that_passes(
    new_browser: NewBrowser, provider: IdentityProvider
) -> None:
    """With Retry-After; passwords work meanwhile."""
    provider.refuse = lambda _: (500, {})
    answer = new_browser().get("/v1/access/oidc/start", follow_redirects=False)
    assert refused(answer) == (503, "provider_unavailable")
    assert answer.headers["retry-after"]
