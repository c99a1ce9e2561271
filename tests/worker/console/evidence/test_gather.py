"""Everything that bears on an item, and what is kept back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import Bundle, HumanLabel, Image, ItemKind, ReviewItem
from db.queries import known, review
from detector.bundle import read_bundle
from detector.explanation import explain
from detector.provenance import Kind
from tests.detector.provenance.making import png_with, text_chunk
from tests.servers import Bucket
from tests.worker.console.evidence.conftest import Look, ScanItem, decide
from tests.worker.filing import file_event
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.console.evidence.gather import gather, provenance_of
from worker.console.sources import Sources
from worker.evidence.filed import find
from worker.review import desk

CONTRAST = 40.0
GENUINE, SYNTHETIC, CANNOT_TELL = HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL


@pytest.fixture(autouse=True)
def _fresh(sources: Sources) -> None:
    """Decided cases are kept for a minute, which a test does not wait for."""
    sources.decided = type(sources.decided)(2, 0)


def test_the_detectors_word_is_there_with_its_reasons(
    look: Look, scan_item: ScanItem, sessions: Sessions, tiny_bundle: Path
) -> None:
    scanned = scan_item()
    grounds = look(scanned).grounds
    assert grounds is not None
    with sessions() as session:
        filed = find(session, str(scanned.verdict))
    bundle = read_bundle(tiny_bundle)
    given = filed.given(bundle.schema)
    again = explain(
        bundle, given.vector, given, sha256=filed.image.sha256, perceptual=filed.image.perceptual_hash
    )
    assert grounds.explanation == again
    assert grounds.label.value == "UNCERTAIN"
    assert grounds.probability == filed.verdict.probability
    assert [member.name for member in grounds.members] == ["lightgbm", "svm", "random forest"]
    assert [member.weight for member in grounds.members] == pytest.approx([0.4, 0.5, 0.1])
    assert grounds.steps == again.policy
    assert "asked" in grounds.veto
    assert grounds.warranty.endswith("so this is the worst one.")
    assert len(grounds.training) == len(again.neighbours) > 0
    assert grounds.trouble is None


def test_without_its_bundle_the_verdict_is_there_and_the_reason_that_there_is_no_more(
    look: Look, scan_item: ScanItem, sessions: Sessions, sources: Sources
) -> None:
    scanned = scan_item()
    sources.bundles = type(sources.bundles)(2, 60)
    with sessions.begin() as session:
        here = find(session, str(scanned.verdict)).location
        session.execute(update(Bundle).values(location="/nowhere"))
    evidence = look(scanned)
    with sessions.begin() as session:
        session.execute(update(Bundle).values(location=str(here)))
    assert evidence.grounds is not None
    assert (evidence.grounds.trouble or "").startswith("The verdict can't be explained on this machine: ")
    assert evidence.grounds.explanation is None
    assert [member.weight for member in evidence.grounds.members] == [None] * 3
    assert evidence.nearest == ()
    assert look(scanned).grounds != evidence.grounds


def test_the_pictures_links_are_the_viewers(look: Look, scan_item: ScanItem) -> None:
    scanned = scan_item()
    one, other = look(scanned, "ann").picture, look(scanned, "bob").picture
    assert one is not None
    assert (one.width, one.height) == (90, 80)
    assert urlsplit(one.fit_url).path == f"/console/pictures/image/{scanned.image}/fit"
    assert one != other


def test_blind_nothing_tells_a_score_or_an_earlier_decision(
    look: Look, scan_item: ScanItem, sessions: Sessions
) -> None:
    hashes = {"perceptual_hash": 99, "hash_contrast": CONTRAST, "uploader": f"up-{new_id()}"}
    earlier, scanned = scan_item(130, **hashes), scan_item(131, **hashes)
    decide(sessions, earlier, GENUINE)
    seen, blind = look(scanned), look(scanned, blind=True)
    assert seen.grounds is not None
    assert seen.history is not None
    assert seen.near
    assert asdict(blind) == asdict(seen) | {
        "blind": True,
        "grounds": None,
        "history": None,
        "near": (),
        "nearest": (),
    }
    told = str(asdict(blind))
    assert not any(word in told for word in ("GENUINE", "SYNTHETIC", "UNCERTAIN", "probability"))


def test_earlier_decisions_on_near_duplicates_are_shown_but_not_those_of_the_picture_itself(
    look: Look, scan_item: ScanItem, sessions: Sessions
) -> None:
    hashes = {"perceptual_hash": 0x0F0F_3355, "hash_contrast": CONTRAST}
    near = scan_item(129, **(hashes | {"perceptual_hash": 0x0F0F_3354}))
    far = scan_item(129, **(hashes | {"perceptual_hash": 0x70F0_3354}))
    undone, itself = scan_item(130, **hashes), scan_item(131, **hashes)
    decide(sessions, near, GENUINE)
    decide(sessions, far, GENUINE)
    decide(sessions, undone, CANNOT_TELL, undo_seconds=600)
    assert [(one.item_id, one.label, one.bits) for one in look(itself).near] == [(near.item, GENUINE, 1)]
    decide(sessions, itself, SYNTHETIC)
    assert [one.item_id for one in look(itself).near] == [near.item]


def test_a_viewer_is_not_shown_what_became_of_their_own_uploads_nor_sent_to_what_they_decided(
    look: Look, scan_item: ScanItem, sessions: Sessions
) -> None:
    hashes = {"perceptual_hash": 0x5A5A_3355, "hash_contrast": CONTRAST}
    uploader = f"up-{new_id()}"
    asked, uploaded = scan_item(130, **hashes), scan_item(131, **hashes, uploader=uploader)
    decided = scan_item(132, **hashes)
    far = scan_item(133, perceptual_hash=None, uploader=uploader)
    for scanned in (uploaded, far):
        decide(sessions, scanned, GENUINE)
    name = decide(sessions, decided, GENUINE)
    assert {one.item_id: one.opens for one in look(asked, uploader).near} == {decided.item: True}
    assert far.item not in {one.item_id for one in look(asked, uploader).nearest}
    assert {one.item_id: one.opens for one in look(asked, name).near} == {
        decided.item: False,
        uploaded.item: True,
    }


def test_a_question_whose_answer_is_known_shows_no_near_duplicates(
    look: Look, scan_item: ScanItem, sessions: Sessions
) -> None:
    hashes = {"perceptual_hash": 0x3355_0F0F, "hash_contrast": CONTRAST}
    near, asked = scan_item(129, **hashes), scan_item(131, **hashes)
    decide(sessions, near, GENUINE)
    assert look(asked).near
    with sessions.begin() as session:
        answer = known.add(session, new_id(), asked.image, GENUINE)
        session.execute(update(ReviewItem).where(ReviewItem.id == asked.item).values(known_answer_id=answer))
    assert look(asked).near == ()


def test_the_nearest_decided_cases_come_nearest_first_without_the_picture_itself(
    look: Look, scan_item: ScanItem, sessions: Sessions
) -> None:
    levels = {level: scan_item(level, perceptual_hash=None) for level in (128, 130, 134)}
    for scanned in levels.values():
        decide(sessions, scanned, CANNOT_TELL)
    asked = scan_item(131, perceptual_hash=None)
    undone = scan_item(132, perceptual_hash=None)
    decide(sessions, undone, GENUINE, undo_seconds=600)
    gone = scan_item(133, perceptual_hash=None)
    decide(sessions, gone, GENUINE)
    with sessions.begin() as session:
        session.execute(update(Image).where(Image.id == gone.image).values(removed_at=Image.created_at))
    found = look(asked).nearest
    assert 0 < len(found) <= 4
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    assert not {asked.item, undone.item, gone.item} & {one.item_id for one in found}
    assert all(one.picture.width == 90 for one in found)
    again = scan_item(131, perceptual_hash=None)  # the same bytes, decided: the same picture, not a neighbour
    decide(sessions, again, SYNTHETIC)
    assert again.item not in {one.item_id for one in look(asked).nearest}


def test_an_uploaders_history_counts_the_other_pictures(
    look: Look, scan_item: ScanItem, sessions: Sessions
) -> None:
    uploader = f"up-{new_id()}"
    several = [scan_item(level, uploader=uploader) for level in (128, 129, 130, 131, 132)]
    scan_item(133, uploader="someone else")
    for scanned, label in zip(several, (GENUINE, GENUINE, CANNOT_TELL), strict=False):
        decide(sessions, scanned, label)
    counts = asdict(look(several[4]).history)  # type: ignore[arg-type] # it is there
    assert counts == {
        "uploader": uploader,
        "pictures": 4,
        "genuine": 2,
        "synthetic": 0,
        "cannot_tell": 1,
        "waiting": 1,
        "refused": 0,
        "capped": False,
    }
    assert look(several[0]).history != look(several[4]).history
    assert look(scan_item()).history is None


def refused_item(session: Session, bucket: str, key: str) -> UUID:
    """The item that a refused file opened."""
    event = file_event(session, bucket, key)
    new = review.NewItem(id=new_id(), kind=ItemKind.REFUSAL, priority=0.5, event_id=event, reason="corrupt")
    return review.open_item(session, new)


def test_what_a_file_says_of_itself_is_shown_and_that_it_can_not_be_read_is_said(
    sources: Sources, sessions: Sessions, bucket: Bucket
) -> None:
    key = f"{new_id()}.png"
    bucket.put(key, png_with(text_chunk("parameters", "Steps: 20, Sampler: Euler, Seed: 1")))
    with sessions.begin() as session:
        items = [refused_item(session, bucket.name, name) for name in (key, f"{new_id()}.gone")]
    with sessions() as session:
        cases = [desk.look(session, item) for item in items]
        evidence = gather(sources, session, cases[0], "ann")
    said, gone = (provenance_of(sources, case) for case in cases)
    assert [claim.kind for claim in said.claims] == [Kind.GENERATOR]
    assert evidence.grounds is None
    assert evidence.picture is not None
    assert "/event/" in evidence.picture.fit_url
    assert gone.claims == ()
    assert (gone.trouble or "").startswith("The file can't be read: the storage has no object")
