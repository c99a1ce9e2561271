"""The database and the detector do not know each other; here their words are held against each other."""

from __future__ import annotations

from db.queries import ordering
from db.queries.attempts import ATTEMPTS_EXHAUSTED
from detector.reasons import Reason


def test_reasons_that_queries_give_are_known_codes() -> None:
    given = {ATTEMPTS_EXHAUSTED, ordering.REMOVED, ordering.SUPERSEDED}

    assert given <= {reason.value for reason in Reason}
