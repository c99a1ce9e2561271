"""Pictures that were called SYNTHETIC in several ways, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db.engine import make_engine, make_sessions
from db.models import HumanLabel, ItemKind, Stage, VerdictLabel, VerdictOrigin
from db.queries import review
from tests.db import factories
from tests.worker.inbox import Sessions
from worker.settings import Settings

TERMS = Settings(
    statement_ground="Terms of use, section 4",
    statement_explanation="Pictures made by a generator must be marked as such.",
)


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    engine = make_engine(new_database())
    yield make_sessions(engine)
    engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused:
    """One picture and what was said of it."""

    image: UUID
    verdict: UUID
    decision: UUID | None = None


def by_machine(session: Session, *, origin: VerdictOrigin = VerdictOrigin.SCAN) -> Accused:
    """A verdict that no person looked at."""
    image = factories.image(session)
    verdict = factories.verdict(
        session, image, label=VerdictLabel.SYNTHETIC, origin=origin, veto_probability=0.7
    )
    return Accused(image=image, verdict=verdict)


def by_people(
    session: Session,
    *names: str,
    label: HumanLabel = HumanLabel.SYNTHETIC,
    undo_seconds: float = 0.0,
) -> Accused:
    """An UNCERTAIN verdict that people, one after the other, found to be generated."""
    image = factories.image(session)
    verdict = factories.verdict(session, image)
    item = review.open_item(
        session,
        review.NewItem(
            id=factories.new_id(), kind=ItemKind.UNCERTAIN, priority=1.0, image_id=image, verdict_id=verdict
        ),
    )
    decision = None
    for number, name in enumerate(names, start=1):
        decision = decided(session, item, name, label, last=number == len(names), undo_seconds=undo_seconds)
    return Accused(image=image, verdict=verdict, decision=decision)


def decided(
    session: Session,
    item: UUID,
    name: str,
    label: HumanLabel,
    *,
    last: bool = True,
    undo_seconds: float = 0.0,
) -> UUID | None:
    """One person's decision; the last one settles the item."""

    def settle(_: object) -> Stage | None:
        return None if last else Stage.SECOND

    claimed = review.claim(session, item, name, lease_seconds=60)
    assert claimed is not None
    return factories.decide(
        session, item, name, claimed.lease_number, label=label, settle=settle, undo_seconds=undo_seconds
    )
