"""Checks of the running processes, as far as they can be seen from here."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from worker.doctor.finding import Area, Finding
from worker.settings import Settings

_SECONDS = 3.0


def check_hook(settings: Settings) -> Iterator[Finding]:
    """Ask the hook whether it is ready, at the address that it would listen on here."""
    yield _readiness("hook", settings.hook_host, settings.hook_port)


def check_console(settings: Settings) -> Iterator[Finding]:
    """Ask the console likewise."""
    yield _readiness("console", settings.console_host, settings.console_port)


def _readiness(process: str, host: str, port: int) -> Finding:
    area = Area(process)
    if port == 0:
        unset = f"not asked: ARTGATE_{process.upper()}_PORT is 0"
        return area.note("readiness", unset, f"set the port that the {process} took")
    address = f"http://{host}:{port}"
    try:
        answer = httpx.get(f"{address}/readyz", timeout=_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        return area.note(
            "readiness",
            f"{address}: {type(error).__name__}",
            f"start it with `artgate {process}`, if it should run on this machine",
        )
    if answer.status_code == httpx.codes.OK:
        return area.ok("readiness", f"{address} is ready")
    return area.wrong(
        "readiness", f"{address} says {answer.status_code}", "look at its log and at the findings above"
    )
