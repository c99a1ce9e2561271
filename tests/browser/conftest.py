"""A console process on the local stack, items that a scanner opened, and people with browsers."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import update

from db.engine import make_engine, make_sessions
from db.models import ReviewItem
from db.models.accounts import Role
from deploy.local.launch import free_port
from tests.browser.chromium import FLAGS, chromium
from tests.browser.looks import LOOKS, Look
from tests.browser.visitor import Visitor
from tests.pictures import jpeg
from tests.servers import Bucket, settings_for
from tests.worker.access.people import account
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions, wait_until
from tests.worker.running import artgate
from worker.clock import new_id
from worker.settings import Settings

NewVisitor = Callable[..., Visitor]
SignedIn = Callable[..., tuple[Visitor, str]]
NewItem = Callable[..., UUID]
AtWork = tuple[Visitor, UUID]
Console = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def pictures_bucket(new_bucket: Callable[[], Bucket]) -> Bucket:
    """Where all pictures of these tests are."""
    return new_bucket()


@pytest.fixture(scope="module")
def settings(database: str, broker_url: str, pictures_bucket: Bucket) -> Settings:
    """Settings of this module's console."""
    return settings_for(
        database=database,
        broker=broker_url,
        bucket=pictures_bucket,
        plain_http_on_localhost=True,
    )


@pytest.fixture(scope="module")
def sessions(database: str) -> Iterator[Sessions]:
    """Sessions of the module's database."""
    engine = make_engine(database, application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def serve_console(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """Runs a console process with some settings changed, and gives its address."""

    @contextmanager
    def serve(**changed: Any) -> Iterator[str]:
        named = settings.model_dump(include=settings.model_fields_set)
        chosen = Settings(**(named | changed | {"console_port": free_port()}))
        site = f"http://127.0.0.1:{chosen.console_port}"
        with artgate("console", chosen, tmp_path_factory.mktemp("console")) as running:
            wait_until(lambda: _answers(site) or not running.running, "the console", 60)
            assert running.running, running.text
            yield site

    return serve


@pytest.fixture(scope="module")
def site(serve_console: Console) -> Iterator[str]:
    """Address of this module's console."""
    with serve_console() as address:
        yield address


@pytest.fixture(params=LOOKS, ids=[look.name for look in LOOKS])
def look(request: pytest.FixtureRequest) -> Look:
    """Each way to look at a page."""
    chosen: Look = request.param
    return chosen


@pytest.fixture
def new_visitor(browser: Browser, site: str) -> Iterator[NewVisitor]:
    """Makes people with a browser each; all leave at the end, and nothing may have gone wrong in one."""
    with ExitStack() as stack:

        def make(address: str = site, *, scripts: bool = True, **context: Any) -> Visitor:
            made = Visitor(
                browser.new_context(java_script_enabled=scripts, **context), address, scripts=scripts
            )
            stack.callback(made.leave)
            return made

        yield make


@pytest.fixture
def signed_in(new_visitor: NewVisitor, sessions: Sessions, site: str) -> SignedIn:
    """Makes someone with a new account of a role, who has signed in; gives the account's name too."""

    def make(
        role: Role = Role.MODERATOR, address: str = site, name: str | None = None, **context: Any
    ) -> tuple[Visitor, str]:
        name = account(sessions, role, name=name)
        visitor = new_visitor(address, **context)
        visitor.sign_in(name)
        return visitor, name

    return make


@pytest.fixture
def new_item(sessions: Sessions, pictures_bucket: Bucket) -> NewItem:
    """Opens an item about a picture that can be shown; what more have seen is more urgent. Gives its id."""
    seeds = itertools.count()

    def make(reach: int = 0) -> UUID:
        key, body = f"painting-{new_id()}.jpg", jpeg(240, 320, seed=next(seeds))
        stored: dict[str, Any] = {
            "etag": pictures_bucket.put(key, body),
            "sha256": hashlib.sha256(body).digest(),
            "size": len(body),
            "format": "JPEG",
            "width": 320,
            "height": 240,
        }
        with sessions.begin() as session:
            item = file_uncertain(session, pictures_bucket.name, key, **stored).item
            session.execute(update(ReviewItem).where(ReviewItem.id == item).values(reach=reach))
        return item

    return make


@pytest.fixture
def at_work(signed_in: SignedIn, new_item: NewItem) -> AtWork:
    """A moderator on the page of an item that they have claimed."""
    visitor, _ = signed_in()
    item = new_item()
    visitor.claim(item)
    return visitor, item


def _answers(site: str) -> bool:
    try:
        return httpx.get(f"{site}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
