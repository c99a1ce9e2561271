"""Whose word the running server takes on where a client is."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from deploy.local.launch import free_port
from tests.worker.access.people import fresh_name
from tests.worker.inbox import Sessions, wait_until
from tests.worker.running import artgate, hook_answers
from worker.access.throttle import Throttle
from worker.settings import Settings


@pytest.mark.parametrize(("trusted", "believed"), [("127.0.0.0/8", True), ("192.0.2.1", False)])
def test_a_proxy_is_believed_if_the_settings_name_it(
    settings: Settings, sessions: Sessions, tmp_path: Path, trusted: str, believed: bool
) -> None:
    """Else anyone could come from a fresh address with each guess."""
    with sessions.begin() as session:
        session.execute(text("DELETE FROM sign_in_attempts"))
    Throttle(sessions, fresh_name(), "127.0.0.1").admit()
    with sessions.begin() as session:
        session.execute(text("UPDATE sign_in_attempts SET blocked_until = now() + interval '1 hour'"))
    named = settings.model_copy(update={"hook_port": free_port(), "trusted_proxies": (trusted,)})
    with artgate("hook", named, tmp_path):
        wait_until(lambda: hook_answers(named), "the hook")
        with httpx.Client(base_url=f"http://127.0.0.1:{named.hook_port}", trust_env=False) as client:
            answer = client.get("/livez", headers={"X-Forwarded-Proto": "https"})
            assert ("strict-transport-security" in answer.headers) is believed
            assert _guess(client, "203.0.113.7") == (401 if believed else 429)


def _guess(client: httpx.Client, address: str) -> int:
    body = {"name": fresh_name(), "password": "a wrong guess"}
    return client.post("/v1/access/sign-in", json=body, headers={"X-Forwarded-For": address}).status_code
