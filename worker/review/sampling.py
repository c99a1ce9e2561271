"""Puts a share of the confident verdicts before people, by lot and unmarked; and reckons what they found."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models import FeedbackDay, VerdictLabel
from db.queries import audit_samples, daily, feedback
from worker.clock import new_id
from worker.review.feedback import by_bundle
from worker.review.opinions import drawn
from worker.review.policy import AuditSampling

DAYS = 90
"""Decisions of so many days make the figures."""
_PURPOSE = b"audit"


def draw_one_batch(session: Session, policy: AuditSampling, *, limit: int) -> int:
    """Draw from the next verdicts, and open an item for each that is drawn.

    Returns:
        How many verdicts were looked at.
    """
    shares = {VerdictLabel.GENUINE: policy.genuine_share, VerdictLabel.SYNTHETIC: policy.synthetic_share}
    if not any(shares.values()):
        return 0
    found = audit_samples.candidates(session, limit=limit)
    chosen = [each for each in found if drawn(_PURPOSE, each.id, shares[each.label])]
    audit_samples.ask(session, chosen, shares, [new_id() for _ in chosen])
    return len(found)


def measure(session: Session) -> int:
    """Reckon and keep today's figures of each bundle. How many bundles."""
    found = by_bundle(feedback.judged(session, days=DAYS))
    for bundle_id, figures in found.items():
        daily.keep(session, FeedbackDay, bundle_id, figures)
    return len(found)
