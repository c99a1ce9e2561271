"""Links to pictures, as a page has them."""

from __future__ import annotations

from worker.console.evidence.records import PictureLinks
from worker.console.pictures.links import Links
from worker.console.pictures.subject import Subject, SubjectKind, Variant
from worker.review.desk import Case


def subject_of(case: Case) -> Subject | None:
    """The picture that an item is about; None where nothing names an object."""
    if case.image is not None:
        return Subject(kind=SubjectKind.IMAGE, id=case.image.id)
    if case.event is None or case.event.bucket is None or case.event.key is None:
        return None
    return Subject(kind=SubjectKind.EVENT, id=case.event.id)


def links_to(
    links: Links, subject: Subject, viewer: str, *, width: int | None = None, height: int | None = None
) -> PictureLinks:
    """Links to all forms of a picture, for one viewer."""
    return PictureLinks(
        fit_url=links.mint(subject, Variant.FIT, viewer),
        full_url=links.mint(subject, Variant.FULL, viewer),
        thumb_url=links.mint(subject, Variant.THUMB, viewer),
        blurred_url=links.mint(subject, Variant.BLURRED, viewer),
        width=width,
        height=height,
    )
