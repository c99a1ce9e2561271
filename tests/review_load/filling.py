"""A queue to work on: items, reviewers and a policy, placed as the sweeper would have placed them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from db.engine import make_sessions
from db.queries import policies, reviewers
from tests.review_load.plan import Plan
from worker.review.placing import place_all, policy_in_force

_QUEUE = Path(__file__).with_name("queue.sql").read_text()
_POLICY = {"second_review": {"mode": "off"}}
"""One opinion settles an item, whatever it is: a second one would be a second decision that is wanted, and
what is counted here are those that nobody wanted."""


def fill(engine: Engine, plan: Plan) -> None:
    """Put the plan's items and reviewers into an empty migrated database."""
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        for statement in _QUEUE.split(";\n"):
            session.execute(text(statement), {"items": plan.items, "sessions": plan.sessions})
        policies.append(session, _POLICY)
        for number in range(plan.sessions):
            reviewers.describe(session, _profile(plan, number))
    more = True
    while more:
        with sessions.begin() as session:
            more = place_all(session, policy_in_force(session), limit=1000)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _profile(plan: Plan, number: int) -> reviewers.Profile:
    """Every fourth reads Japanese, and each has an account on the platform."""
    languages = ("en", "ja") if number % 4 == 0 else ("en",)
    return reviewers.Profile(
        name=plan.reviewer(number), languages=languages, accounts=(f"account-{number:03}",)
    )
