"""One decision for near-duplicates, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from db.models import Decision, HumanLabel, ItemState, Message, MessageKind, Stage
from db.queries import items, policies, reviewers
from db.queries.clusters import Found, bands
from db.queries.items import Item
from db.queries.reviewers import Profile
from db.queries.signals import Signals
from detector.perceptual import differing_bits
from detector.reasons import Reason, Rejected
from tests.worker.filing import Filed, file_uncertain
from worker.clock import new_id
from worker.review import clusters, deciding, desk, questions, signals
from worker.review.labels import weighted_labels
from worker.review.placing import policy_in_force
from worker.review.policy import Cluster
from worker.review.upkeep import Upkeep

G, S, C = HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL
HASH = 0x5A5A_0F0F_3C3C_7E01
AUTOMATIC: dict[str, Any] = {"cluster": {"automatic": True, "most_hits": 2}}


def flipped(bits: int) -> int:
    """The hash with so many of its bits turned, spread over its bytes."""
    digest = HASH
    for number in range(bits):
        digest ^= 1 << (number * 9 % 63)
    return digest


def file_near(session: Session, bits: int = 0, *, contrast: float | None = 40.0, **given: Any) -> Filed:
    """An item about a picture that differs in so many bits."""
    facts = {"perceptual_hash": flipped(bits), "hash_contrast": contrast}
    return file_uncertain(session, "uploads", f"{new_id()}.png", **(facts | given))


def preview(session: Session, item: UUID, who: str = "ann") -> list[UUID]:
    found = clusters.preview(session, item, who, policy_in_force(session).policy.cluster)
    return [each.id for each in found]


def decide(
    session: Session,
    item: UUID,
    label: HumanLabel,
    *,
    also: Sequence[UUID] = (),
    who: str = "ann",
    undo: float = 60,
) -> Item:
    lease = desk.claim(session, item, who, lease_seconds=60).lease_number
    return deciding.decide(session, item, who, lease, label=label, note=None, also=also, undo_seconds=undo)


def state(session: Session, item: UUID) -> Item:
    found = items.get(session, item)
    assert found is not None
    return found


@given(st.integers(-(2**63), 2**63 - 1), st.sets(st.integers(0, 63), max_size=7))
def test_hashes_that_differ_in_fewer_than_eight_bits_share_a_band(digest: int, places: set[int]) -> None:
    unsigned = digest & (2**64 - 1)
    for place in places:
        unsigned ^= 1 << place
    other = unsigned - 2**64 if unsigned >= 2**63 else unsigned

    assert differing_bits(digest, other) == len(places)
    assert set(bands(digest)) & set(bands(other))
    assert all(0 <= band < 8 * 256 for band in bands(digest))


def test_a_preview_shows_what_is_near_the_nearest_first(session: Session) -> None:
    lead = file_near(session)
    three, one = file_near(session, 3), file_near(session, 1)
    file_near(session, 5)
    file_uncertain(session, "uploads", "no hash.png")

    assert preview(session, lead.item) == [one.item, three.item]


def test_hashes_of_flat_pictures_do_not_count(session: Session) -> None:
    lead, flat = file_near(session), file_near(session, contrast=3.9)
    unknown = file_near(session, contrast=None)

    assert preview(session, lead.item) == []
    assert preview(session, flat.item) == []
    assert preview(session, unknown.item) == []


def test_a_preview_leaves_out_what_the_moderator_can_not_have(session: Session) -> None:
    lead = file_near(session)
    own = file_near(session, uploader="ann")
    held = file_near(session)
    desk.claim(session, held.item, "bo", lease_seconds=60)

    assert preview(session, lead.item, "ann") == []
    assert preview(session, lead.item, "cleo") == [own.item]


def test_a_preview_stays_in_the_queue_and_the_language_of_who_looks(session: Session) -> None:
    lead, elsewhere, japanese = file_near(session), file_near(session), file_near(session)
    session.execute(text("UPDATE review_items SET queue = 'other' WHERE id = :id"), {"id": elsewhere.item})
    session.execute(text("UPDATE review_items SET language = 'ja' WHERE id = :id"), {"id": japanese.item})
    reviewers.describe(session, Profile(name="ann", languages=("en",)))

    assert preview(session, lead.item, "ann") == []
    assert preview(session, lead.item, "bo") == [japanese.item]


def test_one_decision_covers_what_was_previewed_and_each_cites_it(session: Session) -> None:
    lead, *others = (file_near(session, bits) for bits in range(4))

    decide(session, lead.item, G, also=[each.item for each in others])

    (first,) = session.scalars(select(Decision).where(Decision.item_id == lead.item))
    assert (first.cited_id, state(session, lead.item).cites) == (None, None)
    for each in others:
        covered = state(session, each.item)
        assert (covered.state, covered.decision, covered.cites) == (ItemState.DECIDED, G, first.id)
    told = session.scalars(select(Message.payload).where(Message.kind == MessageKind.DECISION)).all()
    assert sorted(str(each["cites"]) for each in told) == sorted(["None", *[str(first.id)] * 3])


def test_an_accusation_of_a_cluster_needs_a_second_opinion_of_each(session: Session) -> None:
    lead, other = file_near(session), file_near(session)
    decide(session, lead.item, S, also=[other.item])
    assert [state(session, each.item).stage for each in (lead, other)] == [Stage.SECOND] * 2
    session.execute(text("UPDATE review_items SET available_at = NULL"))

    assert preview(session, lead.item, "ann") == []
    assert preview(session, lead.item, "bo") == [other.item]
    decide(session, lead.item, S, also=[other.item], who="bo")
    assert [state(session, each.item).decision for each in (lead, other)] == [S, S]


@pytest.mark.parametrize("wrong", ["far", "held", "unknown"])
def test_a_cluster_is_decided_as_a_whole_or_not_at_all(
    own_sessions: sessionmaker[Session], wrong: str
) -> None:
    with own_sessions.begin() as session:
        lead, near, far = file_near(session), file_near(session, 1), file_near(session, 20)
        held = file_near(session, 2)
        desk.claim(session, held.item, "bo", lease_seconds=60)
        reviewers.describe(session, Profile(name="ann"))
    bad = {"far": far.item, "held": held.item, "unknown": new_id()}[wrong]

    with pytest.raises(Rejected) as refused, own_sessions.begin() as session:
        decide(session, lead.item, G, also=[near.item, bad])

    assert refused.value.reason is Reason.NOT_NEAR
    with own_sessions() as session:
        assert [state(session, each.item).state for each in (lead, near)] == [ItemState.OPEN] * 2


def test_taking_the_decision_back_opens_all_that_it_covered(session: Session) -> None:
    lead, *others = (file_near(session, bits) for bits in range(3))
    decide(session, lead.item, G, also=[each.item for each in others])

    back = deciding.undo(session, lead.item, "ann", 1, undo_seconds=60, lease_seconds=60)

    assert back.state is ItemState.CLAIMED
    assert [state(session, each.item).state for each in others] == [ItemState.OPEN] * 2
    assert session.scalars(select(Message)).all() == []
    assert preview(session, lead.item) == [each.item for each in others]


def test_it_is_not_taken_back_where_one_that_it_covered_was_told(own_sessions: sessionmaker[Session]) -> None:
    with own_sessions.begin() as session:
        lead, other = file_near(session), file_near(session)
        decide(session, lead.item, G, also=[other.item])
        session.execute(
            text("UPDATE outbox SET attempts = 1 WHERE payload->>'item_id' = :id"), {"id": str(other.item)}
        )

    with pytest.raises(Rejected) as refused, own_sessions.begin() as session:
        deciding.undo(session, lead.item, "ann", 1, undo_seconds=60, lease_seconds=60)

    assert refused.value.reason is Reason.UNDO_OVER
    with own_sessions() as session:
        assert [state(session, each.item).decision for each in (lead, other)] == [G, G]


def clear(own_sessions: sessionmaker[Session]) -> None:
    upkeep = Upkeep(own_sessions, batch=50, undo_seconds=60)
    while upkeep.round():
        pass


def test_the_same_cluster_sent_twice_is_decided_once(session: Session) -> None:
    lead, other = file_near(session), file_near(session)
    lease = desk.claim(session, lead.item, "ann", lease_seconds=60).lease_number
    answers = [
        deciding.decide(
            session, lead.item, "ann", lease, label=G, note=None, also=[other.item], undo_seconds=60
        ).state
        for _ in range(2)
    ]

    assert answers == [ItemState.DECIDED] * 2
    assert len(session.scalars(select(Decision)).all()) == 2


def test_a_new_item_near_what_a_person_found_genuine_is_cleared_and_cites_it(
    own_sessions: sessionmaker[Session],
) -> None:
    with own_sessions.begin() as session:
        policies.append(session, AUTOMATIC)
        known = file_near(session)
        decide(session, known.item, G, undo=-1)
        near, far, flat = file_near(session, 4), file_near(session, 9), file_near(session, contrast=1.0)

    clear(own_sessions)

    with own_sessions() as session:
        cleared = state(session, near.item)
        assert (cleared.state, cleared.decision, cleared.automatic) == (ItemState.DECIDED, G, True)
        (first,) = session.scalars(select(Decision).where(Decision.item_id == known.item))
        assert cleared.cites == first.id
        assert [state(session, each.item).state for each in (far, flat)] == [ItemState.OPEN] * 2
        (labelled,) = list(weighted_labels(session))
        assert labelled.picture.image_id == known.image, "what no person decided is no label"


@pytest.mark.parametrize("label", [S, C])
def test_nothing_is_decided_by_itself_near_another_answer(
    own_sessions: sessionmaker[Session], label: HumanLabel
) -> None:
    with own_sessions.begin() as session:
        policies.append(session, AUTOMATIC | {"second_review": {"mode": "off"}})
        first, second = file_near(session), file_near(session, 2)
        decide(session, first.item, G, undo=-1)
        decide(session, second.item, label, undo=-1)
        near = file_near(session, 1)

    clear(own_sessions)

    with own_sessions() as session:
        assert state(session, near.item).state is ItemState.OPEN
        assert state(session, near.item).near_id is not None


def test_a_cluster_that_is_hit_too_often_is_held_for_a_person(own_sessions: sessionmaker[Session]) -> None:
    with own_sessions.begin() as session:
        policies.append(session, AUTOMATIC)
        decide(session, file_near(session).item, G, undo=-1)
        near = [file_near(session, bits) for bits in (1, 2, 3, 4)]

    clear(own_sessions)

    with own_sessions() as session:
        states = [state(session, each.item).state for each in near]
        assert states == [ItemState.DECIDED] * 2 + [ItemState.OPEN] * 2
        assert all(state(session, each.item).near_id for each in near)


@pytest.mark.parametrize("why", ["off", "undoable", "appealed", "reopened", "taken back", "question"])
def test_what_must_not_be_cleared_waits_for_a_person(own_sessions: sessionmaker[Session], why: str) -> None:
    with own_sessions.begin() as session:
        policies.append(session, {} if why == "off" else AUTOMATIC)
        known = file_near(session)
        known_key = state(session, known.item).key or ""
        decide(session, known.item, G, undo=60 if why in {"undoable", "taken back"} else -1)
        if why == "taken back":
            deciding.undo(session, known.item, "ann", 1, undo_seconds=60, lease_seconds=60)
        near = file_near(session, 1)
        if why == "appealed":
            key = state(session, near.item).key or ""
            signals.note(session, "uploads", key, Signals(appealed_by="artist"))
        if why == "reopened":
            signals.note(session, "uploads", known_key, Signals(appealed_by="rival"))
        if why == "question":
            questions.add(session, known.image, G)
            session.execute(text("UPDATE review_items SET known_answer_id = (SELECT id FROM known_answers)"
                                 " WHERE id = :id"), {"id": near.item})  # fmt: skip

    clear(own_sessions)

    with own_sessions() as session:
        assert state(session, near.item).state is ItemState.OPEN


def test_the_database_refuses_an_automatic_accusation(session: Session) -> None:
    filed = file_near(session)
    with pytest.raises(IntegrityError, match="automatic_only_clears"):
        session.execute(
            text(
                "INSERT INTO decisions (id, item_id, moderator, label, lease_number, automatic)"
                " VALUES (gen_random_uuid(), :id, 'artgate', 'SYNTHETIC', 1, true)"
            ),
            {"id": filed.item},
        )


found = st.builds(
    Found,
    decision_id=st.uuids(),
    label=st.sampled_from(list(HumanLabel)),
    bits=st.integers(0, 7),
    hits=st.integers(0, 30),
)


@given(st.lists(found, max_size=5))
def test_only_what_is_near_genuine_pictures_alone_is_cleared(near: list[Found]) -> None:
    policy = Cluster(automatic=True, most_hits=20)
    lead = clusters.clears(near, policy)

    if lead is not None:
        assert {each.label for each in near} == {G}
        assert lead == near[0]
        assert sum(each.hits for each in near) < 20
    elif near and all(each.label is G for each in near):
        assert sum(each.hits for each in near) >= 20
