"""How long someone has worked without a break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from worker.console.standing import PAUSE, worked

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def ago(*minutes: float) -> list[datetime]:
    """Moments so many minutes before now."""
    return [NOW - timedelta(minutes=each) for each in minutes]


def test_decisions_without_a_pause_between_them_are_one_stretch_of_work() -> None:
    assert worked(ago(90, 24, 15, 8, 1), NOW) == timedelta(minutes=24)


def test_who_has_just_had_a_break_begins_anew() -> None:
    assert worked(ago(30, 20, 11), NOW) == timedelta(0)
    assert worked([], NOW) == timedelta(0)


@given(st.lists(st.floats(0, 300), max_size=40))
def test_a_stretch_is_no_longer_than_the_oldest_decision_is_away(minutes: list[float]) -> None:
    """And where it is not nothing, it begins with a decision before which there was a pause."""
    decided = sorted(ago(*minutes))
    found = worked(decided, NOW)
    began = NOW - found
    assert timedelta(0) <= found <= (NOW - decided[0] if decided else timedelta(0))
    if found:
        assert began in decided
        assert all(began - moment >= PAUSE for moment in decided if moment < began)
