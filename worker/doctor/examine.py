"""Runs every check and turns a check's own failure into a finding, so that a report is always whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from detector.reasons import ArtgateError
from worker.doctor.broker import check_broker
from worker.doctor.buckets import check_storage
from worker.doctor.database import check_database
from worker.doctor.finding import Area, Finding
from worker.doctor.limits import check_limits
from worker.doctor.listeners import check_console, check_hook
from worker.doctor.machine import check_machine
from worker.doctor.model import check_model
from worker.settings import Settings, read_settings

_Check = Callable[[Settings], Iterator[Finding]]

_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("settings", check_limits),
    ("machine", check_machine),
    ("database", check_database),
    ("broker", check_broker),
    ("storage", check_storage),
    ("model", check_model),
    ("hook", check_hook),
    ("console", check_console),
)


def examine() -> Iterator[Finding]:
    """Every finding, as soon as it is known. Stops after the settings where they can't be read."""
    try:
        settings = read_settings()
    except ArtgateError as error:
        yield Area("settings").wrong(
            "values", error.message, "correct the named variables and run this again"
        )
        return
    for area, check in _CHECKS:
        yield from _guarded(area, check, settings)


def _guarded(area: str, check: _Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except ArtgateError as error:
        yield Area(area).wrong("check", error.message, f"see docs/reasons.md for {error.reason}")
    except Exception as error:  # noqa: BLE001 - a check that breaks must not hide the others' findings
        yield Area(area).wrong(
            "check", f"broke off: {type(error).__name__}", "please report it: the doctor itself is at fault"
        )
