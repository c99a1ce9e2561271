"""A desk with real work on it: the samples, judged by the starter bundle, and what was decided before."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import EvidenceKind, HumanLabel, Image, ReviewItem
from db.queries import items
from db.queries.appeals import NewEvidence
from tests.servers import Bucket
from tests.worker.inbox import Sessions, standing, take_in
from worker.clock import new_id
from worker.review import appeals, deciding, desk
from worker.scan import open_scanner
from worker.settings import Settings

_SAMPLES = Path(__file__).parents[1] / "data" / "samples"
_PARAMETERS = "watercolour of hills\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 640x480"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Items that wait."""

    plain: UUID
    """A picture on which nothing was decided."""
    rich: UUID
    """One whose file names a generator, with near-duplicates that wait and that were decided."""
    spare: UUID
    """Another one."""
    appealed: UUID
    """One that people called SYNTHETIC and whose maker shows how it was made."""


def lay_out(settings: Settings, sessions: Sessions, bucket: Bucket) -> Work:
    """Judge the samples and some copies of them, and decide a few."""
    bodies = {
        "ai-fields.jpg": _copy("ai-fields.jpg"),
        "ai-flowers.jpg": (_SAMPLES / "ai-flowers.jpg").read_bytes(),
        "human-cat.png": (_SAMPLES / "human-cat.png").read_bytes(),
        "human-coffee.png": (_SAMPLES / "human-coffee.png").read_bytes(),
        "human-sea-monster.jpg": (_SAMPLES / "human-sea-monster.jpg").read_bytes(),
        "fields.png": _copy("ai-fields.jpg", parameters=_PARAMETERS),
        "fields-again.jpg": _copy("ai-fields.jpg", quality=80),
    }
    scanner = open_scanner(settings, "host:1")
    found = {}
    for name, body in bodies.items():
        event = take_in(sessions, bucket.name, name, etag=bucket.put(name, body))
        scanner.scan(event)
        image = standing(sessions, event).image_id
        assert image is not None
        with sessions.begin() as session:
            session.execute(update(Image).where(Image.id == image).values(uploader="uploader-17"))
            found[name] = _item_of(session, image)
    scanner.close()
    with sessions.begin() as session:
        _decide(session, found["ai-fields.jpg"], HumanLabel.CANNOT_TELL)
        _decide(session, found["human-cat.png"], HumanLabel.GENUINE)
        session.execute(update(ReviewItem).where(ReviewItem.id == found["fields.png"]).values(reports=3))
        for _ in range(2):
            _decide(session, found["ai-flowers.jpg"], HumanLabel.SYNTHETIC)
        _appeal(session, bucket, found["ai-flowers.jpg"])
    return Work(
        plain=found["human-coffee.png"],
        rich=found["fields.png"],
        spare=found["human-sea-monster.jpg"],
        appealed=found["ai-flowers.jpg"],
    )


def _appeal(session: Session, bucket: Bucket, item: UUID) -> None:
    """The maker of a picture asks for another look, with two sketches, one of which was misstated."""
    filing = appeals.Filing(
        image_id=session.get_one(ReviewItem, item).image_id,
        bucket=None,
        key=None,
        appellant="uploader-17",
        statement="I painted these over three evenings.\nThe time-lapse shows it from the first line on.",
        filed_by="service:platform",
    )
    sketch = (_SAMPLES / "human-sea-monster.jpg").read_bytes()
    shown = [
        _offered(bucket, EvidenceKind.SKETCHES, "flowers-sketch.jpg", sketch),
        replace(_offered(bucket, EvidenceKind.SKETCHES, "flowers-wip.jpg", sketch), sha256=bytes(32)),
        _offered(bucket, EvidenceKind.LAYERS, "flowers.psd", bytes(1_234_567)),
        _offered(bucket, EvidenceKind.TIME_LAPSE, "flowers.mp4", bytes(5_400_000)),
    ]
    appeals.file(session, filing, shown, per_day=5, deadline_seconds=7 * 86_400)


def _offered(bucket: Bucket, kind: EvidenceKind, name: str, body: bytes) -> NewEvidence:
    key = f"evidence/{name}"
    return NewEvidence(
        id=new_id(),
        kind=kind,
        bucket=bucket.name,
        key=key,
        version_id=None,
        etag=bucket.put(key, body),
        sha256=hashlib.sha256(body).digest(),
        size=len(body),
    )


def _copy(name: str, *, parameters: str | None = None, quality: int = 92) -> bytes:
    """A sample as another file: as PNG with a generator's parameters, or as JPEG of a quality."""
    file = io.BytesIO()
    with Pillow.open(_SAMPLES / name) as picture:
        if parameters is None:
            picture.save(file, "JPEG", quality=quality)
        else:
            told = PngInfo()
            told.add_text("parameters", parameters)
            picture.save(file, "PNG", pnginfo=told)
    return file.getvalue()


def _item_of(session: Session, image: UUID) -> UUID:
    (item,) = items.of_image(session, image)
    return item.id


def _decide(session: Session, item: UUID, label: HumanLabel) -> None:
    name = f"mod-{new_id().hex}"
    lease = desk.claim(session, item, name, lease_seconds=60).lease_number
    deciding.decide(session, item, name, lease, label=label, note=None, undo_seconds=0)
