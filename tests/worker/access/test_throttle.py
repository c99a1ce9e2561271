"""How often signing in may be tried, counted in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from db.queries import sign_in_attempts
from db.queries.sign_in_attempts import Patience
from tests.worker.access.browsing import fresh_address, post, refused, sign_in
from tests.worker.access.conftest import NewBrowser
from tests.worker.access.people import account, fresh_name
from tests.worker.inbox import Sessions
from worker.access.secret import digest
from worker.access.throttle import PER_ADDRESS, PER_NAME, Throttle, Throttled

PATIENCE = Patience(free=2, first_delay=10.0, longest_delay=35.0, forgotten_after=3600.0)


@pytest.fixture
def key() -> bytes:
    """What was never tried."""
    return digest(fresh_name())


def admit(sessions: Sessions, key: bytes, patience: Patience = PATIENCE) -> float:
    """One attempt, committed; gives the seconds to wait."""
    with sessions.begin() as session:
        return sign_in_attempts.admit(session, key, patience)


def pass_time(sessions: Sessions, key: bytes, seconds: float) -> None:
    """As if what was counted had been counted so much earlier."""
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE sign_in_attempts SET last_at = last_at - make_interval(secs => :seconds),"
                " blocked_until = blocked_until - make_interval(secs => :seconds) WHERE key = :key"
            ),
            {"seconds": seconds, "key": key},
        )


def test_each_failure_after_the_free_ones_doubles_the_delay(sessions: Sessions, key: bytes) -> None:
    """Up to the longest; what comes too early is not counted."""
    assert [admit(sessions, key), admit(sessions, key)] == [0, 0]
    for delay in (10, 20, 35, 35):
        assert admit(sessions, key) == 0
        for _ in range(3):
            assert delay - 5 < admit(sessions, key) <= delay
        pass_time(sessions, key, delay)


def test_nothing_may_be_free(sessions: Sessions, key: bytes) -> None:
    """Then the first failure delays already."""
    strict = Patience(free=0, first_delay=10.0, longest_delay=35.0, forgotten_after=3600.0)
    assert admit(sessions, key, strict) == 0
    assert 5 < admit(sessions, key, strict) <= 10


def test_a_quiet_time_is_forgiven(sessions: Sessions, key: bytes) -> None:
    """After it the count begins anew."""
    for _ in range(3):
        admit(sessions, key)
    pass_time(sessions, key, 3601)
    assert [admit(sessions, key) for _ in range(3)] == [0, 0, 0]
    assert admit(sessions, key) > 0


def test_many_at_once_are_no_way_around(sessions: Sessions, key: bytes) -> None:
    """Of ten at the same moment, the free ones and one more are let through."""
    barrier = threading.Barrier(5)
    waits: list[float] = []

    def attempt() -> None:
        barrier.wait()
        waits.extend([admit(sessions, key), admit(sessions, key)])

    threads = [threading.Thread(target=attempt) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(wait == 0 for wait in waits) == PATIENCE.free + 1


def test_what_is_long_past_is_dropped(sessions: Sessions, key: bytes) -> None:
    """The table does not grow with every name that was ever tried."""
    admit(sessions, key)
    pass_time(sessions, key, 2 * 3600 + 1)
    admit(sessions, digest(fresh_name()))
    with sessions() as session:
        left = session.execute(text("SELECT count(*) FROM sign_in_attempts WHERE key = :key"), {"key": key})
        assert left.scalar_one() == 0


@pytest.mark.parametrize("make_name", [fresh_name, None])
def test_guessing_a_password_is_slowed_down_for_known_and_unknown_names_alike(
    new_browser: NewBrowser, sessions: Sessions, make_name: Callable[[], str] | None
) -> None:
    """From many addresses too; the answer says when to come back.

    On a slow machine judging a guess outlasts the first delays; they double.
    """
    name = account(sessions) if make_name is None else make_name()
    answers: list[Any] = []
    while len(answers) < PER_NAME.free + 8 and (not answers or answers[-1].status_code != 429):
        browser = new_browser(address=fresh_address())
        answers.append(post(browser, "sign-in", name=name, password="a wrong guess"))
    *guesses, last = answers
    assert [answer.status_code for answer in guesses] == [401] * len(guesses)
    assert len(guesses) > PER_NAME.free
    assert refused(last) == (429, "sign_in_throttled")
    wait = int(last.headers["retry-after"])
    assert 1 <= wait <= 2 ** (len(guesses) - PER_NAME.free)
    assert f"try again in {wait} s" in last.json()["detail"]


def test_the_right_password_clears_the_name_and_not_the_address(
    new_browser: NewBrowser, sessions: Sessions
) -> None:
    """Who has an account of their own can't use it to go on guessing others' passwords."""
    name, address = account(sessions), fresh_address()
    for _ in range(PER_NAME.free):
        post(new_browser(address=address), "sign-in", name=name, password="a wrong guess")
    sign_in(new_browser(address=address), name)
    sign_in(new_browser(address=address), name)
    for _ in range(PER_ADDRESS.free - PER_NAME.free + 1):
        Throttle(sessions, fresh_name(), address).admit()
    with pytest.raises(Throttled):
        Throttle(sessions, fresh_name(), address).admit()
    Throttle(sessions, fresh_name(), fresh_address()).admit()


def test_a_host_is_one_address_however_many_it_has(sessions: Sessions) -> None:
    """Of IPv6 the network counts."""
    for number in range(PER_ADDRESS.free + 1):
        Throttle(sessions, fresh_name(), f"2001:db8:1:2::{number:x}").admit()
    with pytest.raises(Throttled):
        Throttle(sessions, fresh_name(), "2001:db8:1:2:ffff::1").admit()
    Throttle(sessions, fresh_name(), "2001:db8:1:3::1").admit()


def test_names_are_not_stored(sessions: Sessions) -> None:
    """People type passwords into the field for the name."""
    name = fresh_name()
    Throttle(sessions, name, None).admit()
    with sessions() as session:
        rows = session.execute(text("SELECT encode(key, 'escape') FROM sign_in_attempts")).scalars().all()
    assert rows
    assert not any(name in row for row in rows)
