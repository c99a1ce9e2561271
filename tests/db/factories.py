"""Rows for tests: each factory makes one row that is valid, and takes what the test is about."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Decision, EventKind, HumanLabel, ItemKind, VerdictLabel, VerdictOrigin
from db.queries import bundles, claims, decisions, events, features, images, review, verdicts
from db.queries.attempts import AttemptLimits
from worker import clock

LIMITS = AttemptLimits(deaths=3, losses=3, transients=3)

_Row = TypeVar("_Row")
_numbers = itertools.count()


_FIRST_ID = clock.new_id().int
_ids = itertools.count()


def new_id() -> UUID:
    """Ids that grow from call to call, so that rows of one moment have an order that tests can state."""
    return UUID(int=_FIRST_ID + next(_ids))


def digest(text: object) -> bytes:
    return hashlib.sha256(str(text).encode()).digest()


def rank(number: int) -> str:
    """A sequencer's rank, as the intake makes it."""
    return f"{number:064X}"


def _make(kind: type[_Row], given: dict[str, Any], otherwise: dict[str, Any]) -> _Row:
    return kind(**(otherwise | given))


def new_event(**given: Any) -> events.NewEvent:
    number = next(_numbers)
    return _make(
        events.NewEvent,
        given,
        {
            "id": new_id(),
            "identity": digest(f"event {number}"),
            "system": "aws",
            "kind": EventKind.CREATED,
            "bucket": "art",
            "key": f"picture-{number}.png",
        },
    )


def event(session: Session, **given: Any) -> UUID:
    """Insert an event."""
    (row,) = events.insert_events(session, [new_event(**given)])
    return row.id


def claim(
    session: Session, event_id: UUID, *, holder: str = "child", lease_seconds: float = 60.0
) -> claims.Claim:
    """Claim an event that must be claimable."""
    claimed = claims.claim(
        session, event_id, holder=holder, lease_seconds=lease_seconds, limits=LIMITS, new_id=new_id
    )
    assert claimed is not None
    return claimed


def bundle(session: Session, name: str = "main") -> str:
    bundle_id = digest(f"bundle {next(_numbers)}").hex()
    bundles.register(session, bundle_id, name=name, manifest={"name": name}, location="package")
    return bundle_id


def new_image(**given: Any) -> images.NewImage:
    number = next(_numbers)
    return _make(
        images.NewImage,
        given,
        {
            "id": new_id(),
            "bucket": "art",
            "key": f"picture-{number}.png",
            "object_version": f"etag-{number}",
            "version_id": None,
            "etag": f"etag-{number}",
            "sha256": digest(f"image {number}"),
            "size": 1000,
            "format": "PNG",
            "width": 640,
            "height": 480,
        },
    )


def image(session: Session, **given: Any) -> UUID:
    return images.upsert(session, new_image(**given))


def vector(session: Session, image_id: UUID, **given: Any) -> UUID:
    return features.store(session, new_features(image_id, **given))


def new_features(image_id: UUID, **given: Any) -> features.NewFeatures:
    return _make(
        features.NewFeatures,
        given,
        {
            "id": new_id(),
            "image_id": image_id,
            "schema_id": "hc148.v1+none",
            "backbone_id": "none",
            "decode_version": 1,
            "runtime": "torch",
            "precision": "fp32",
            "values": bytes(4 * 9),
            "replaced": bytes(2),
            "length": 9,
        },
    )


def new_verdict(image_id: UUID, features_id: UUID, bundle_id: str, **given: Any) -> verdicts.NewVerdict:
    label = given.get("label", VerdictLabel.UNCERTAIN)
    return _make(
        verdicts.NewVerdict,
        given,
        {
            "id": new_id(),
            "image_id": image_id,
            "bundle_id": bundle_id,
            "features_id": features_id,
            "label": label,
            "label_before_veto": label,
            "raw": 0.5,
            "probability": {"GENUINE": 0.1, "UNCERTAIN": 0.5, "SYNTHETIC": 0.9}[label],
            "lightgbm": 0.5,
            "svm": 0.5,
            "random_forest": 0.5,
            "veto_applied": False,
            "veto_probability": None,
            "genuine_below": 0.35,
            "synthetic_from": 0.65,
            "runtime": "torch",
            "precision": "fp32",
            "stage_ms": {"decode": 1.5},
            "origin": VerdictOrigin.SCAN,
        },
    )


def verdict(session: Session, image_id: UUID, bundle_id: str | None = None, **given: Any) -> UUID:
    """A verdict with the vector that it was made from."""
    features_id = vector(session, image_id)
    row = new_verdict(image_id, features_id, bundle_id or bundle(session), **given)
    return verdicts.store(session, row).id


def settle(opinions: Sequence[decisions.Opinion]) -> None:
    """One opinion is enough."""


def decide(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    label: HumanLabel = HumanLabel.GENUINE,
    note: str | None = None,
    settle: decisions.Settle = settle,
    undo_seconds: float = 0.0,
) -> UUID | None:
    """Decide a claimed item."""
    made = decisions.decide(
        session,
        item_id,
        moderator,
        lease_number,
        label=label,
        note=note,
        settle=settle,
        undo_seconds=undo_seconds,
        new_id=new_id,
    )
    return None if made is None else made.id


def opinion(session: Session, item_id: UUID, *, ago: float = 60.0, **given: Any) -> UUID:
    """A decision that was made so many seconds ago, as a row of its own: the item stays as it is."""
    values = {
        "id": new_id(),
        "item_id": item_id,
        "moderator": "ada",
        "label": HumanLabel.GENUINE,
        "lease_number": next(_numbers),
        "created_at": db_after(-ago),
    } | given
    return session.execute(insert(Decision).values(values).returning(Decision.id)).scalar_one()


def item(session: Session, *, priority: float = 1.0, image_id: UUID | None = None) -> UUID:
    """An open item about an UNCERTAIN verdict."""
    about = image_id or image(session)
    return review.open_item(
        session,
        review.NewItem(
            id=new_id(),
            kind=ItemKind.UNCERTAIN,
            priority=priority,
            image_id=about,
            verdict_id=verdict(session, about),
        ),
    )
