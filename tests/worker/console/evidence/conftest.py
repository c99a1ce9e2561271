"""Cases that a real scanner opened, of real objects, and what a console draws on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import HumanLabel, Image
from db.queries import items
from tests.worker.conftest import ScanGray
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.console.evidence.gather import gather
from worker.console.evidence.records import Evidence
from worker.console.sources import Sources
from worker.review import deciding, desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One picture whose verdict is UNCERTAIN."""

    item: UUID
    image: UUID
    verdict: UUID
    event: UUID


ScanItem = Callable[..., Scanned]
Look = Callable[..., Evidence]


@pytest.fixture
def scan_item(scan_gray: ScanGray, sessions: Sessions) -> ScanItem:
    """Scans a gray picture of a level around 131, and gives its image further facts."""

    def run(level: int = 131, **facts: Any) -> Scanned:
        standing = scan_gray(level)
        assert standing.image_id is not None
        assert standing.verdict_id is not None
        with sessions.begin() as session:
            if facts:
                session.execute(update(Image).where(Image.id == standing.image_id).values(**facts))
            item = item_of(session, standing.image_id)
        return Scanned(item=item, image=standing.image_id, verdict=standing.verdict_id, event=standing.id)

    return run


@pytest.fixture
def look(sources: Sources, sessions: Sessions) -> Look:
    """Gathers the evidence of an item."""

    def run(scanned: Scanned, viewer: str = "ann", *, blind: bool = False) -> Evidence:
        with sessions() as session:
            case = desk.look(session, scanned.item)
            return gather(sources, session, case, viewer, blind=blind)

    return run


def item_of(session: Session, image_id: UUID) -> UUID:
    """The item about an image."""
    (item,) = items.of_image(session, image_id)
    return item.id


def decide(sessions: Sessions, scanned: Scanned, label: HumanLabel, *, undo_seconds: float = 0) -> str:
    """Somebody decides on it; gives their name."""
    name = f"mod-{new_id()}"
    with sessions.begin() as session:
        item = desk.claim(session, scanned.item, name, lease_seconds=60)
        deciding.decide(
            session,
            scanned.item,
            name,
            item.lease_number,
            label=label,
            note=None,
            undo_seconds=undo_seconds,
        )
    return name
