"""Gathers what bears on one item."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models.review import HumanLabel
from db.queries import clusters, decided, uploaders
from detector.reasons import ArtgateError, Fault
from worker.console.evidence.grounds import grounds_of
from worker.console.evidence.nearest import nearest_to
from worker.console.evidence.offered import offered_on
from worker.console.evidence.records import (
    Evidence,
    NearDecision,
    NearestCase,
    PictureLinks,
    Provenance,
    UploaderHistory,
)
from worker.console.evidence.showing import links_to, subject_of
from worker.console.pictures.subject import Subject, SubjectKind
from worker.console.sources import Sources
from worker.evidence.filed import file_of
from worker.review.clusters import nearness
from worker.review.desk import Case
from worker.review.placing import policy_in_force

_NEAR = 6


def gather(sources: Sources, session: Session, case: Case, viewer: str, *, blind: bool = False) -> Evidence:
    """What the database knows that bears on an item; the storage is asked for nothing.

    Args:
        sources: of this process.
        session: in a transaction.
        case: the item, which the viewer may see.
        viewer: whose links to pictures these become.
        blind: keep back whatever tells the detector's word or an earlier decision: probability, members,
            veto, error rate, explanation, history, near-duplicates and nearest cases.
    """
    shown = not blind
    return Evidence(
        blind=blind,
        picture=picture_of(sources, case, viewer),
        grounds=grounds_of(sources, session, case.verdict) if shown and case.verdict else None,
        history=_history(session, case) if shown else None,
        offered=offered_on(sources, session, case.item, viewer),
        near=_near(sources, session, case, viewer) if shown else (),
        nearest=_nearest(sources, session, case, viewer) if shown else (),
    )


def picture_of(sources: Sources, case: Case, viewer: str) -> PictureLinks | None:
    """Fresh links to an item's picture; None where nothing names an object."""
    subject, image = subject_of(case), case.image
    if subject is None:
        return None
    if image is None:
        return links_to(sources.links, subject, viewer)
    return links_to(sources.links, subject, viewer, width=image.width, height=image.height)


def provenance_of(sources: Sources, case: Case) -> Provenance:
    """What the item's file says of its own making: asked of the storage, which may be slow.

    Ask outside of a transaction, so that none waits for the storage.
    """
    subject = subject_of(case)
    if subject is None:
        return Provenance(claims=(), trouble="No object is known that could be read.")
    try:
        return Provenance(claims=sources.pictures.claims(subject))
    except ArtgateError as error:
        return Provenance(claims=(), trouble=f"The file can't be read: {error.message.rstrip('.')}.")


def _history(session: Session, case: Case) -> UploaderHistory | None:
    if case.image is None or case.image.uploader is None:
        return None
    found = uploaders.history(session, case.image.uploader, without=case.image.id)
    return UploaderHistory(
        uploader=case.image.uploader,
        pictures=found.pictures,
        genuine=found.decided.get(HumanLabel.GENUINE, 0),
        synthetic=found.decided.get(HumanLabel.SYNTHETIC, 0),
        cannot_tell=found.decided.get(HumanLabel.CANNOT_TELL, 0),
        waiting=found.waiting,
        refused=found.refused,
        capped=uploaders.MOST in {found.pictures, found.refused},
    )


def _near(sources: Sources, session: Session, case: Case, viewer: str) -> tuple[NearDecision, ...]:
    """Without those of the picture itself, which its next reviewer must not know."""
    if case.image is None or case.item.known_answer_id is not None:
        return ()
    policy = policy_in_force(session).policy.cluster
    found = clusters.decided_near_image(session, case.image.id, nearness(policy))
    others = [one for one in found if one.item_id != case.item.id and one.image_id != case.image.id]
    opens = decided.shown_to(session, [one.item_id for one in others], viewer)
    return tuple(
        NearDecision(
            item_id=one.item_id,
            opens=opens[one.item_id],
            label=one.label,
            bits=one.bits,
            decided_at=one.decided_at,
            picture=links_to(sources.links, Subject(kind=SubjectKind.IMAGE, id=one.image_id), viewer),
        )
        for one in [one for one in others if one.item_id in opens][:_NEAR]
    )


def _nearest(sources: Sources, session: Session, case: Case, viewer: str) -> tuple[NearestCase, ...]:
    if case.verdict is None:
        return ()
    try:
        return nearest_to(sources, session, file_of(session, case.verdict), viewer)
    except (Fault, ValueError):
        return ()  # the grounds say why: the bundle or the vector can't be read
