"""How often the desk asks the database: each question is time that everybody at the desk waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from db.models import HumanLabel
from db.queries import policies
from tests.worker.filing import file_uncertain
from worker.review import blinding, deciding, desk
from worker.review.placing import policy_in_force

Sessions = sessionmaker[Session]


@contextmanager
def counted(sessions: Sessions) -> Iterator[list[str]]:
    """The statements that are sent in the block."""
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine)
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_claim_and_its_decision_ask_few_questions(own_sessions: Sessions) -> None:
    """Policy, new items, claim, item, picture with verdict, event; and ten for the decision."""
    with own_sessions.begin() as session:
        for number in range(2):
            file_uncertain(session, "uploads", f"{number}.png", perceptual_hash=number, hash_contrast=50.0)
    for _ in range(2):  # the first places both items
        with counted(own_sessions) as claiming, own_sessions.begin() as session:
            item = desk.claim_next(session, "ada", lease_seconds=60)
            blinding.seen_case(session, desk.case_of(session, item), "ada")
        with counted(own_sessions) as deciding_, own_sessions.begin() as session:
            made = deciding.decide(
                session,
                item.id,
                "ada",
                item.lease_number,
                label=HumanLabel.GENUINE,
                note=None,
                undo_seconds=60,
            )
            blinding.seen(session, made, "ada")
    assert len(claiming) == 6, claiming
    assert len(deciding_) == 10, deciding_


def test_a_transaction_goes_by_one_policy(own_sessions: Sessions) -> None:
    """Also where another is applied meanwhile; the next transaction goes by that one."""
    with own_sessions() as session:
        before = policy_in_force(session)
        with own_sessions.begin() as other:
            number = policies.append(other, {"known_answer_share": 0.25})
        assert policy_in_force(session) == before
        session.commit()
        assert policy_in_force(session).number == number


def test_who_applies_a_policy_goes_by_it_at_once(own_sessions: Sessions) -> None:
    with own_sessions.begin() as session:
        policy_in_force(session)
        number = policies.append(session, {"known_answer_share": 0.25})
        assert policy_in_force(session).number == number
        assert policy_in_force(session).policy.known_answer_share == 0.25
