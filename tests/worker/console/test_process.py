"""``artgate console`` as a process."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from deploy.local.launch import free_port
from tests.worker.inbox import Sessions, wait_until
from tests.worker.running import artgate
from worker.console.app import make_app
from worker.settings import Settings


def answers(url: str) -> bool:
    """Whether the console is there."""
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_the_console_serves_its_pages_until_it_is_told_to_stop(settings: Settings, tmp_path: Path) -> None:
    """Ready with PostgreSQL; a browser is led to the sign-in page; SIGTERM ends it in order."""
    port = free_port()
    with artgate("console", settings.model_copy(update={"console_port": port}), tmp_path) as running:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(url), "the console")
        page = httpx.get(f"{url}/", follow_redirects=True, trust_env=False)
        assert (page.status_code, page.url.path) == (200, "/console/sign-in")
        assert "Sign in" in page.text
        assert running.terminate() == 0
        assert running.said("listening") == 1


def test_an_address_that_is_taken_is_said_with_the_settings_to_change(
    settings: Settings, tmp_path: Path
) -> None:
    update = {"console_host": "192.0.2.1"}  # no machine has it
    with artgate("console", settings.model_copy(update=update), tmp_path) as running:
        wait_until(lambda: not running.running, "the end")
        assert "set ARTGATE_CONSOLE_HOST and ARTGATE_CONSOLE_PORT" in running.text


@pytest.mark.parametrize("issuer", [None, "https://id.example"])
def test_the_way_to_an_identity_provider_is_offered_where_there_is_one(
    settings: Settings, sessions: Sessions, issuer: str | None
) -> None:
    provider = {"oidc_issuer": issuer, "oidc_client_id": "artgate"} if issuer else {}
    app = make_app(settings.model_copy(update=provider), sessions)
    page = TestClient(app, base_url="https://moderation.example").get("/console/sign-in")
    assert ("/v1/access/oidc/start" in page.text) is (issuer is not None)
