"""The application as browsers meet it, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worker.inbox import Sessions
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.settings import Settings

HOST = "https://moderation.example"
NewBrowser = Callable[..., Any]


@pytest.fixture(scope="module")
def new_browser(settings: Settings, sessions: Sessions) -> Iterator[NewBrowser]:
    """Makes browsers, each with cookies of its own; ``address`` is where it comes from."""
    dispatcher = Dispatcher(settings)
    application = make_app(settings, sessions, dispatcher)
    with ExitStack() as stack:
        stack.enter_context(TestClient(application))

        def make(base_url: str = HOST, address: str = "192.0.2.1") -> Any:
            return TestClient(
                application, base_url=base_url, client=(address, 50_000), raise_server_exceptions=False
            )

        yield make
    dispatcher.close()
