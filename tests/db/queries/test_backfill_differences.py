"""Where a backfill's verdicts differ from those of the newest scans."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models import VerdictLabel, VerdictOrigin
from db.queries import backfill_differences
from db.queries.comparisons import Cell
from tests.db import factories

GENUINE, UNCERTAIN, SYNTHETIC = VerdictLabel.GENUINE, VerdictLabel.UNCERTAIN, VerdictLabel.SYNTHETIC


def test_labels_meet_picture_by_picture_and_by_domain(session: Session) -> None:
    """The newest scan speaks for what stands; a picture that no scan has judged is left out."""
    older, newer, filled = (factories.bundle(session) for _ in range(3))
    for domain, usual, trial in (
        ("anime", GENUINE, SYNTHETIC),
        ("anime", GENUINE, SYNTHETIC),
        ("photo", UNCERTAIN, UNCERTAIN),
        (None, SYNTHETIC, GENUINE),
    ):
        image = factories.image(session, domain=domain)
        factories.verdict(session, image, older, label=UNCERTAIN)
        factories.verdict(session, image, newer, label=usual)
        factories.verdict(session, image, filled, label=trial, origin=VerdictOrigin.BACKFILL)
    factories.verdict(session, factories.image(session), filled, origin=VerdictOrigin.BACKFILL)

    assert backfill_differences.cells(session, filled) == [
        Cell(domain="anime", usual=GENUINE, trial=SYNTHETIC, count=2),
        Cell(domain="photo", usual=UNCERTAIN, trial=UNCERTAIN, count=1),
        Cell(domain=None, usual=SYNTHETIC, trial=GENUINE, count=1),
    ]
    assert backfill_differences.cells(session, newer) == []
