"""A person with something of every kind, and a stranger with the same."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Event, EvidenceKind, HumanLabel, ShadowVerdict, VerdictLabel
from db.queries import images, known, review
from db.queries.appeals import NewEvidence
from tests.db import factories
from tests.worker.filing import BUNDLE, Filed, file_event, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import finish
from worker.clock import new_id
from worker.review import appeals

REVIEWER = "Wilhelmina Telltale"
NOTE = f"Hands look odd to me. {REVIEWER.lower()}; also see Wilhelminas."


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone of whom there is something of every kind."""

    name: str
    filed: Filed
    refused: UUID
    """An upload that came to no picture."""
    appeal: UUID


def lay_out(session: Session) -> tuple[str, Filed, UUID]:
    """A picture that a reviewer called SYNTHETIC, on trial too, and a refused upload."""
    name = f"artist-{new_id().hex}"
    filed = file_uncertain(session, "uploads", f"{new_id()}.png", uploader=name)
    session.execute(update(Event).where(Event.id == filed.event).values(uploader=name))
    finish(session, filed)
    refused = file_event(session, "uploads", f"{new_id()}.png")
    broken = {"uploader": name, "state": "refused", "reason": "corrupt", "finished_at": db_now()}
    session.execute(update(Event).where(Event.id == refused).values(**broken))
    trial = {
        "id": new_id(),
        "image_id": filed.image,
        "bundle_id": BUNDLE,
        "verdict_id": filed.verdict,
        "label": VerdictLabel.GENUINE,
        "label_before_veto": VerdictLabel.GENUINE,
        "raw": 0.1,
        "probability": 0.1,
        "runtime": "torch",
        "precision": "fp32",
        "shared_vector": True,
        "stage_ms": {},
    }
    session.execute(insert(ShadowVerdict).values(**trial))
    known.add(session, new_id(), filed.image, HumanLabel.GENUINE)
    return name, filed, refused


def person(sessions: Sessions) -> Person:
    """Someone with a decided picture, an appeal with evidence, and all that goes with it."""
    with sessions.begin() as session:
        name, filed, refused = lay_out(session)
    with sessions.begin() as session:
        item = review.claim(session, filed.item, REVIEWER, lease_seconds=60)
        assert item is not None
        factories.decide(
            session, filed.item, REVIEWER, item.lease_number, label=HumanLabel.SYNTHETIC, note=NOTE
        )
    with sessions.begin() as session:
        image = images.get(session, filed.image)
        assert image is not None
        sketch = NewEvidence(
            id=new_id(),
            kind=EvidenceKind.SKETCHES,
            bucket="uploads",
            key=f"sketch of {name}.png",
            version_id=None,
            etag=None,
            sha256=bytes(32),
            size=7,
        )
        filing = appeals.Filing(
            image_id=filed.image,
            bucket=None,
            key=None,
            appellant=name,
            statement="I drew it.",
            filed_by="service:shop",
        )
        appeal = appeals.file(session, filing, [sketch], per_day=5, deadline_seconds=60)
    return Person(name=name, filed=filed, refused=refused, appeal=appeal)


@pytest.fixture(scope="module")
def artist(sessions: Sessions) -> Person:
    """The one who asks."""
    return person(sessions)


@pytest.fixture(scope="module")
def stranger(sessions: Sessions) -> Person:
    """Somebody else."""
    return person(sessions)
