"""What appeals show of how a picture was made: pictures to look at, and other files by their names.

Only appeals that the item's present round decides: that there was an earlier one would tell what it came to.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from db.queries import appeals
from db.queries.appeals import NewEvidence
from db.queries.items import Item
from worker.console.evidence.records import Offered, OfferedFile, OfferedPicture
from worker.console.evidence.showing import links_to
from worker.console.pictures.subject import Subject, SubjectKind
from worker.console.sources import Sources

_PICTURES = frozenset({"", "avif", "gif", "jpe", "jpeg", "jpg", "png", "tif", "tiff", "webp"})
"""Endings of names whose file may be a picture that the decoder reads; many keys have no ending."""


def offered_on(sources: Sources, session: Session, item: Item, viewer: str) -> tuple[Offered, ...]:
    """What the appeals about an item say and show, with fresh links for one viewer."""
    return tuple(
        Offered(
            statement=each.statement,
            pictures=tuple(
                _picture(sources, shown, viewer) for shown in each.evidence if _opens(shown, sources)
            ),
            files=tuple(_file(shown) for shown in each.evidence if not _opens(shown, sources)),
        )
        for each in appeals.of_round(session, item.id, item.round)
    )


def _opens(shown: NewEvidence, sources: Sources) -> bool:
    return _ending(shown) in _PICTURES and shown.size <= sources.pictures.max_bytes


def _picture(sources: Sources, shown: NewEvidence, viewer: str) -> OfferedPicture:
    subject = Subject(kind=SubjectKind.EVIDENCE, id=shown.id)
    return OfferedPicture(
        kind=shown.kind,
        name=PurePosixPath(shown.key).name,
        picture=links_to(sources.links, subject, viewer),
    )


def _file(shown: NewEvidence) -> OfferedFile:
    place = f"{shown.bucket}/{shown.key}"
    ending = _ending(shown)
    return OfferedFile(
        kind=shown.kind,
        media=f"{ending.upper()} file" if ending else "file",
        size=shown.size,
        place=place if shown.version_id is None else f"{place}, version {shown.version_id}",
        sha256=None if shown.sha256 is None else shown.sha256.hex(),
    )


def _ending(shown: NewEvidence) -> str:
    return PurePosixPath(shown.key).suffix.removeprefix(".").lower()
