"""Checks of the running processes, as far as they can be seen from here."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from worker.doctor.finding import Area, Finding
from worker.settings import Settings

_AREA = Area("hook")
_SECONDS = 3.0


def check_hook(settings: Settings) -> Iterator[Finding]:
    """Ask the hook whether it is ready, at the address that it would listen on here."""
    if settings.hook_port == 0:
        yield _AREA.note("readiness", "not asked: ARTGATE_HOOK_PORT is 0", "set the port that the hook took")
        return
    address = f"http://{settings.hook_host}:{settings.hook_port}"
    try:
        answer = httpx.get(f"{address}/readyz", timeout=_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        yield _AREA.note(
            "readiness",
            f"{address}: {type(error).__name__}",
            "start it with `artgate hook`, if it should run on this machine",
        )
        return
    if answer.status_code == httpx.codes.OK:
        yield _AREA.ok("readiness", f"{address} is ready")
    else:
        yield _AREA.wrong(
            "readiness", f"{address} says {answer.status_code}", "look at its log and at the findings above"
        )
