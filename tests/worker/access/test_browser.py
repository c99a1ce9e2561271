"""Cookies, requests from other sites, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Form
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response

from detector.reasons import Reason, Rejected
from tests.worker.access.browsing import post, refused, sign_in
from tests.worker.access.conftest import HOST, NewBrowser
from tests.worker.access.people import PASSWORD, account
from tests.worker.inbox import Sessions
from worker.access import api, permissions
from worker.access.browser import Cookie, refuse_other_sites
from worker.access.guard import Guard
from worker.access.headers import SecurityHeaders
from worker.access.permissions import Permission
from worker.hook import problems
from worker.settings import Settings


def request(scheme: str, host: str, **headers: str) -> Request:
    """A request as a server sees it."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": scheme,
            "path": "/",
            "query_string": b"",
            "headers": [(b"host", host.encode()), *raw],
        }
    )


@pytest.mark.parametrize(
    ("allowed", "scheme", "host", "plain"),
    [
        (False, "http", "localhost:8080", False),
        (True, "http", "localhost:8080", True),
        (True, "http", "127.0.0.1:8080", True),
        (True, "https", "localhost:8080", False),
        (True, "http", "moderation.example", False),
        (True, "http", "localhost.example", False),
    ],
)
def test_a_cookie_does_without_tls_on_localhost_alone_and_if_allowed(
    allowed: bool, scheme: str, host: str, plain: bool
) -> None:
    """Elsewhere it has the prefix that browsers take from this host and over TLS alone."""
    answer = Response()
    cookie = Cookie("name", Settings(plain_http_on_localhost=allowed))
    cookie.put(answer, request(scheme, host), "value", 60)
    said = answer.headers["set-cookie"]
    assert said.startswith("name=value;" if plain else "__Host-name=value;")
    assert ("Secure" in said) is not plain
    assert "HttpOnly" in said
    name = "name" if plain else "__Host-name"
    assert cookie.read(request(scheme, host, cookie=f"{name}=value")) == "value"
    assert cookie.read(request(scheme, host, cookie="other=value")) is None


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site", "origin": HOST}, False),
        ({"origin": HOST}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://moderation.example.evil.example"}, False),
        ({"origin": "null"}, False),
    ],
)
def test_a_request_from_another_sites_page_is_refused(headers: dict[str, str], passes: bool) -> None:
    """By what browsers say of it, and no page can forge."""
    asked = request("https", "moderation.example", **headers)
    if passes:
        refuse_other_sites(asked)
    else:
        with pytest.raises(Rejected) as caught:
            refuse_other_sites(asked)
        assert caught.value.reason is Reason.CSRF_REFUSED


def test_nobody_is_signed_in_by_another_site(new_browser: NewBrowser, sessions: Sessions) -> None:
    """Else one could work under someone's name without knowing it."""
    browser = new_browser()
    body = {"name": account(sessions), "password": PASSWORD}
    answer = browser.post("/v1/access/sign-in", json=body, headers={"Origin": "https://evil.example"})
    assert refused(answer) == (403, "csrf_refused")
    assert not browser.cookies


def test_a_token_is_good_for_its_own_session_alone(new_browser: NewBrowser, sessions: Sessions) -> None:
    """Neither another session's nor a wrong one, nor one in the address."""
    name, one, other = account(sessions), new_browser(), new_browser()
    mine, theirs = sign_in(one, name)["csrf_token"], sign_in(other, name)["csrf_token"]
    assert mine != theirs
    for token in (theirs, mine[:-1], ""):
        assert refused(post(one, "sign-out", token)) == (403, "csrf_refused")
    assert refused(one.post(f"/v1/access/sign-out?csrf_token={mine}")) == (403, "csrf_refused")
    assert post(one, "sign-out", mine).status_code == 204


@pytest.fixture
def console(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A console of one page with a form, behind the guard."""
    route = ("POST", "/console/note")
    monkeypatch.setattr(permissions, "ROUTES", {**permissions.ROUTES, route: Permission.WORK_QUEUE})
    monkeypatch.setattr("worker.access.guard.ROUTES", permissions.ROUTES)
    router = APIRouter(prefix="/console", dependencies=[Depends(Guard(settings, sessions))])

    @router.post("/note")
    def note(text: str = Form()) -> dict[str, Any]:
        return {"text": text}

    app = FastAPI()
    app.include_router(api.router_for(settings, sessions))
    app.include_router(router)
    problems.add_handlers(app)
    with TestClient(app, base_url=HOST) as client:
        yield client


def test_a_form_carries_the_token_in_a_field(console: TestClient, sessions: Sessions) -> None:
    """A console works without a script; the route still gets its own fields."""
    token = sign_in(console, account(sessions))["csrf_token"]
    assert refused(console.post("/console/note", data={"text": "hello"})) == (403, "csrf_refused")
    answer = console.post("/console/note", data={"text": "hello", "csrf_token": token})
    assert answer.json() == {"text": "hello"}


def test_every_answer_has_the_headers(new_browser: NewBrowser) -> None:
    """Also refusals, and paths that there are not."""
    browser = new_browser()
    for path in ("/healthz", "/v1/access/me", "/nothing"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["strict-transport-security"].startswith("max-age=")
    assert "strict-transport-security" not in new_browser("http://localhost").get("/healthz").headers


def test_a_route_may_say_how_long_its_answer_is_kept() -> None:
    app = FastAPI()
    app.add_middleware(SecurityHeaders)

    @app.get("/style.css")
    def style(response: Response) -> None:
        response.headers["Cache-Control"] = "max-age=60"

    with TestClient(app) as client:
        assert client.get("/style.css").headers["cache-control"] == "max-age=60"
