"""A storage that hangs costs the page that asks it, and nobody else."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient
from sqlalchemy import text

from db.engine import make_engine, make_sessions
from tests.worker.access.people import account
from tests.worker.console.browser import Browser
from tests.worker.console.conftest import HOST
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.console.app import make_app
from worker.settings import Settings

NAME = "a page that waits"
IN_TRANSACTION = text(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND state <> 'idle'"
)


def test_no_transaction_waits_for_the_storage(settings: Settings, sessions: Sessions) -> None:
    engine = make_engine(settings.database_url.get_secret_value(), application=NAME)
    with sessions.begin() as session:
        item = file_uncertain(session, settings.buckets[0], f"{new_id()}.png").item
    with socket.create_server(("127.0.0.1", 0)) as hanging, ThreadPoolExecutor(1) as pool:
        hanging.settimeout(30)
        endpoint = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        slow = settings.model_copy(update={"s3_endpoint": endpoint})
        app = make_app(slow, make_sessions(engine))
        browser = Browser(TestClient(app, base_url=HOST, client=("192.0.2.1", 50_000)))
        browser.sign_in(account(sessions))
        opening = pool.submit(browser.open, f"/console/items/{item}")
        asked, _ = hanging.accept()
        with sessions() as session:
            waiting = session.execute(IN_TRANSACTION, {"name": NAME}).scalar_one()
        hanging.close()
        asked.close()
        page = opening.result(60)
    engine.dispose()
    assert waiting == 0
    assert "The file can't be read" in page.text
