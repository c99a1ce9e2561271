"""The console's application on real PostgreSQL, and browsers before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from db.models.accounts import Role
from tests.worker.access.people import account, bearer
from tests.worker.console.browser import Browser
from tests.worker.inbox import Sessions
from worker.console.app import make_app
from worker.console.sources import Sources
from worker.settings import Settings

HOST = "https://moderation.example"
NewBrowser = Callable[[], Browser]
SignedIn = Callable[..., tuple[Browser, str]]
Asking = Callable[..., TestClient]


def asker(served: TestClient, sessions: Sessions) -> Asking:
    """Makes clients with the token of a new account of a role, or of one that is named."""

    def make(role: Role, name: str | None = None) -> TestClient:
        made = TestClient(served.app, base_url=HOST)
        made.headers.update(bearer(sessions, name or account(sessions, role)) | {"Accept": "text/html"})
        return made

    return make


@pytest.fixture(scope="module")
def application(settings: Settings, sessions: Sessions) -> FastAPI:
    """The console."""
    return make_app(settings, sessions)


@pytest.fixture(scope="module")
def sources(settings: Settings, sessions: Sessions) -> Iterator[Sources]:
    """Of another process, with the same database."""
    made = Sources(settings, sessions)
    yield made
    made.close()


@pytest.fixture(scope="module")
def new_browser(application: FastAPI) -> Iterator[NewBrowser]:
    """Makes browsers, each with cookies of its own."""
    with ExitStack() as stack:
        stack.enter_context(TestClient(application))

        def make() -> Browser:
            client = TestClient(
                application, base_url=HOST, client=("192.0.2.1", 50_000), raise_server_exceptions=False
            )
            return Browser(client)

        yield make


@pytest.fixture(scope="module")
def signed_in(new_browser: NewBrowser, sessions: Sessions) -> SignedIn:
    """Makes a browser in which a new account of a role is signed in; gives the account's name too.

    An admin has not given the second factor yet.
    """

    def make(role: Role = Role.MODERATOR) -> tuple[Browser, str]:
        browser, name = new_browser(), account(sessions, role)
        browser.sign_in(name)
        return browser, name

    return make
