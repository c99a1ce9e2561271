"""Finds the bundle whose days a person asks for."""

from __future__ import annotations

from collections.abc import Sequence

from db.queries.daily import Day
from detector.reasons import Reason, Rejected

SHOWN = 12
"""Characters of a bundle's id that a table has room for."""


def bundle_of(known: Sequence[Day], asked: str) -> str:
    """The id of the one bundle with figures whose id begins so.

    Raises:
        Rejected: ``not_found``: there is none, or more than one.
    """
    found = [day.bundle_id for day in known if day.bundle_id.startswith(asked)]
    if len(found) != 1:
        named = ", ".join(day.bundle_id[:SHOWN] for day in known) or "none yet"
        raise Rejected(
            Reason.NOT_FOUND,
            f"{len(found)} bundles with figures have an id that begins with {asked!r}; there are: {named}",
        )
    return found[0]


def named(day: Day) -> str:
    """A bundle by its name and the beginning of its id."""
    return f"{day.bundle} {day.bundle_id[:SHOWN]}"
