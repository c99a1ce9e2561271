"""One reviewer's own figures, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.queries import first_opinions, own_figures
from db.queries.own_figures import Own
from db.queries.reviewers import pseudonyms
from worker.console.figures.numbers import AGREEMENT_DAYS, STALE_SECONDS
from worker.console.figures.shares import Share

_SECONDS = AGREEMENT_DAYS * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What a reviewer is told of their own work."""

    pseudonym: str | None
    """What stands for them in everyone's numbers; None before their first claim."""
    own: Own
    in_time: Share
    agreement: Share
    """Of the opinions that colleagues gave on the same items, blind, those that were the same."""
    towards_machine: Share
    """Of first opinions that differed from the detector's leaning, those that became it once it was shown."""
    known: Share
    """Of the questions whose answer is known, those answered rightly."""


def gather(session: Session, moderator: str) -> Mine:
    """Read everything for one page."""
    own = own_figures.own(session, moderator)
    known_as = pseudonyms(session, [moderator]).get(moderator)
    who = None if known_as is None else str(known_as)
    period = {"within_seconds": _SECONDS, "but_seconds": STALE_SECONDS}
    alike = own_figures.beside_others(session, moderator, **period)
    changed = first_opinions.changes(session, moderator, within_seconds=_SECONDS)
    known = own_figures.known_answers(session, moderator, **period)
    return Mine(
        pseudonym=who,
        own=own,
        in_time=Share.of(own.in_time, own.due),
        agreement=Share.of(alike.same, alike.total),
        towards_machine=Share.of(
            sum(each.towards for each in changed), sum(each.differed for each in changed)
        ),
        known=Share.of(known.same, known.total),
    )
