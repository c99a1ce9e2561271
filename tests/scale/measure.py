"""How long the queries take at one size, and how many pages of the tables and indexes they read."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_sessions
from tests.scale.plan import Plan
from tests.scale.queries import QUERIES, Draw, Query

_WARM = 10
_READ = "SELECT sum(blks_hit + blks_read) FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A query at one size."""

    p50_ms: float
    p95_ms: float
    """Of the round whose p95 is the least."""
    worst_round_ms: float
    """The largest p95 of a round: what other programs on the machine did."""
    pages: float
    """Pages of 8 kB that a run reads, from memory or disk; no clock has a part in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    milliseconds: Sequence[float]
    pages: int
    """Of all its runs."""

    @property
    def p95(self) -> float:
        return float(np.percentile(self.milliseconds, 95))


def measure(engine: Engine, plan: Plan, size: int) -> Mapping[str, Timing]:
    """Run each query of ``QUERIES``; nothing that they write is kept.

    The queries take turns, round by round, so that a busy minute of the machine is one round of some and not
    all that is known of one.
    """
    sessions = make_sessions(engine)
    draw = Draw(plan, size, random.Random(plan.seed))
    rounds = [
        {name: _round(sessions, query, draw) for name, query in QUERIES.items()} for _ in range(plan.rounds)
    ]
    return {name: _timing([each[name] for each in rounds]) for name in QUERIES}


def _round(sessions: sessionmaker[Session], query: Query, draw: Draw) -> _Round:
    for _ in range(_WARM):
        _once(sessions, query, draw)
    before = _pages_read(sessions)
    milliseconds = [_once(sessions, query, draw) for _ in range(draw.plan.runs)]
    return _Round(milliseconds=milliseconds, pages=_pages_read(sessions) - before)


def _timing(rounds: Sequence[_Round]) -> Timing:
    calm = min(rounds, key=lambda each: each.p95)
    return Timing(
        p50_ms=float(np.percentile(calm.milliseconds, 50)),
        p95_ms=calm.p95,
        worst_round_ms=max(each.p95 for each in rounds),
        pages=sum(each.pages for each in rounds) / sum(len(each.milliseconds) for each in rounds),
    )


def _once(sessions: sessionmaker[Session], query: Query, draw: Draw) -> float:
    """Milliseconds of one run, from the question to the answer; what it wrote is rolled back after that."""
    with sessions() as session:
        session.connection()
        begun = time.perf_counter()
        query(session, draw)
        took = time.perf_counter() - begun
        session.rollback()
    return took * 1e3


def _pages_read(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
        session.commit()
        return int(session.execute(text(_READ)).scalar_one())
