"""Rows that tests of roll-outs begin with."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from db.models import VerdictLabel
from db.queries import rollouts
from db.queries.rollouts import NewShadow
from worker.clock import new_id

PROBABILITY = {VerdictLabel.GENUINE: 0.1, VerdictLabel.UNCERTAIN: 0.5, VerdictLabel.SYNTHETIC: 0.9}


def look_on(
    session: Session, image: UUID, verdict: UUID, bundle_id: str, label: VerdictLabel, *, ms: float = 1.0
) -> None:
    """What a bundle would have said of a picture beside a verdict."""
    rollouts.store_shadow(
        session,
        NewShadow(
            id=new_id(),
            image_id=image,
            bundle_id=bundle_id,
            verdict_id=verdict,
            label=label,
            label_before_veto=label,
            raw=0.5,
            probability=PROBABILITY[label],
            veto_probability=None,
            runtime="none",
            precision="none",
            shared_vector=True,
            stage_ms={"beside": ms},
            reason=None,
        ),
    )
