"""A statement in the form of the EU's DSA Transparency Database, and its field rules. Pure.

Source: the database's own checks of a request (``StatementsStoreRequest`` of its published code) and its API
documentation as of July 2025. docs/statements.md lists the rules that are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from worker.statement_settings import COUNTRIES, Restriction
from worker.statements.statement import Automation, Statement

BATCH = 100
"""Statements that one request may hold."""
CATEGORY = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
CONTENT = ("CONTENT_TYPE_IMAGE", "CONTENT_TYPE_SYNTHETIC_MEDIA")
GROUND = "DECISION_GROUND_INCOMPATIBLE_CONTENT"

_VISIBILITY = {each: f"DECISION_VISIBILITY_CONTENT_{each.upper()}" for each in Restriction}
_DECISION = {
    Automation.FULLY: "AUTOMATED_DECISION_FULLY",
    Automation.PARTIALLY: "AUTOMATED_DECISION_PARTIALLY",
    Automation.NOT: "AUTOMATED_DECISION_NOT_AUTOMATED",
}
_YES = {True: "Yes", False: "No"}
_CONTENT_TYPES = frozenset(
    f"CONTENT_TYPE_{each}"
    for each in ("APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER")
)
_SOURCES = frozenset(
    {"SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"}
)
_LONGEST = {
    "puid": 500,
    "decision_facts": 5000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "decision_ground_reference_url": 500,
}
_REQUIRED = (
    "decision_visibility",
    "decision_ground",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "content_type",
    "category",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "puid",
)
_EARLIEST = {"content_date": date(2000, 1, 1), "application_date": date(2020, 1, 1)}
_LATEST = date(2038, 1, 1)
_PUID = re.compile(r"[A-Za-z0-9_-]+")


def entry_of(statement: Statement) -> dict[str, Any]:
    """The statement as one member of a request's ``statements``."""
    entry: dict[str, Any] = {
        "decision_visibility": [_VISIBILITY[statement.restriction]],
        "decision_ground": GROUND,
        "incompatible_content_ground": statement.ground,
        "incompatible_content_explanation": statement.explanation,
        "incompatible_content_illegal": "No",
        "content_type": list(CONTENT),
        "category": CATEGORY,
        "content_date": f"{statement.uploaded_at:%Y-%m-%d}",
        "application_date": f"{statement.decided_at:%Y-%m-%d}",
        "decision_facts": statement.facts,
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": _YES[statement.automated_detection],
        "automated_decision": _DECISION[statement.automated_decision],
        "puid": str(statement.id),
    }
    if statement.terms_url is not None:
        entry["decision_ground_reference_url"] = statement.terms_url
    if statement.countries:
        entry["territorial_scope"] = sorted(statement.countries)
    return entry


def broken_rules(entry: Mapping[str, Any]) -> list[str]:
    """What of the field rules an entry breaks, in words; empty where the database would take it."""
    return [*_missing(entry), *_too_long(entry), *_unknown(entry), *_wrong_dates(entry)]


def _missing(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in _REQUIRED if not entry.get(name))


def _too_long(entry: Mapping[str, Any]) -> Iterator[str]:
    for name, longest in _LONGEST.items():
        if len(entry.get(name) or "") > longest:
            yield f"{name} has more than {longest} characters"


def _unknown(entry: Mapping[str, Any]) -> Iterator[str]:
    allowed: dict[str, Sequence[str] | frozenset[str]] = {
        "decision_visibility": tuple(_VISIBILITY.values()),
        "decision_ground": (GROUND,),
        "incompatible_content_illegal": ("Yes", "No"),
        "content_type": _CONTENT_TYPES,
        "category": (CATEGORY,),
        "territorial_scope": COUNTRIES,
        "source_type": _SOURCES,
        "automated_detection": ("Yes", "No"),
        "automated_decision": tuple(_DECISION.values()),
    }
    for name, values in allowed.items():
        given = entry.get(name) or ()
        for each in [given] if isinstance(given, str) else given:
            if each not in values:
                yield f"{name} can't be {each!r}"
    if not _PUID.fullmatch(str(entry.get("puid") or "-")):
        yield "puid has other characters than letters, digits, - and _"


def _wrong_dates(entry: Mapping[str, Any]) -> Iterator[str]:
    for name, earliest in _EARLIEST.items():
        try:
            given = date.fromisoformat(str(entry.get(name)))
        except ValueError:
            yield f"{name} is no date in the form YYYY-MM-DD"
            continue
        if not earliest <= given <= _LATEST:
            yield f"{name} does not lie from {earliest} to {_LATEST}"
