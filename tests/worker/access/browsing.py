"""What a person does in a browser, said shortly."""

from __future__ import annotations

import itertools
from typing import Any

from tests.worker.access.people import PASSWORD

_hosts = itertools.count(1)


def fresh_address() -> str:
    """An address from which nothing was tried."""
    number = next(_hosts)
    return f"198.51.{number // 250}.{number % 250 + 1}"


def post(browser: Any, path: str, token: str | None = None, **body: object) -> Any:
    """Post JSON to ``/v1/access``, with a token against forged requests if there is one."""
    headers = {} if token is None else {"X-CSRF-Token": token}
    return browser.post(f"/v1/access/{path}", json=body, headers=headers)


def sign_in(browser: Any, name: str, password: str = PASSWORD) -> dict[str, Any]:
    """Sign in; gives who one is then."""
    answer = post(browser, "sign-in", name=name, password=password)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def refused(answer: Any) -> tuple[int, str]:
    """Status and reason of a refusal."""
    return answer.status_code, answer.json()["reason"]
