"""A database that grows: every index is kept, and each chunk is a handful of INSERT ... SELECT."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, LargeBinary, bindparam, text

from db.engine import make_sessions
from db.queries import policies, reviewers
from tests.scale.plan import BUCKET, BUNDLE, CANDIDATE, REVIEWERS, SCHEMA, Plan, reviewer

_VECTORS = 250
"""Different vectors; more would be no larger."""


def prepare(engine: Engine, plan: Plan) -> None:
    """Put what does not grow into an empty migrated database: what waits, reviewers, a policy."""
    _run(engine, "functions.sql", {"waiting": plan.waiting})
    rows = np.random.default_rng(plan.seed).normal(size=(_VECTORS, SCHEMA.length)).astype("<f4")
    stored = text("INSERT INTO scale_vectors VALUES (:k, :vector)").bindparams(
        bindparam("vector", type_=LargeBinary())
    )
    with engine.begin() as connection:
        connection.execute(stored, [{"k": k, "vector": row.tobytes()} for k, row in enumerate(rows)])
    with make_sessions(engine).begin() as session:
        policies.append(session, {"second_review": {"mode": "off"}})
        for number in range(REVIEWERS):
            reviewers.describe(
                session,
                reviewers.Profile(
                    name=reviewer(number), languages=("en",), accounts=(f"artist {1000 * number}",)
                ),
            )


def grow(engine: Engine, plan: Plan, before: int, size: int) -> None:
    """Add the pictures behind ``before``, up to ``size``, and leave the tables as a vacuum leaves them."""
    for first in range(before + 1, size + 1, plan.chunk):
        last = min(first + plan.chunk - 1, size)
        given = {"first": first, "last": last, "wide": plan.wide}
        # What the statements write is whole by the way it is made; asking for each foreign key takes hours.
        _run(engine, "pictures.sql", given, checked=False)
        _run(engine, "people.sql", given, checked=last <= plan.wide)
        print(f"\r{last:,} pictures", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def _run(engine: Engine, name: str, given: dict[str, int], *, checked: bool = True) -> None:
    always = {
        "bucket": BUCKET,
        "bundle": BUNDLE,
        "candidate": CANDIDATE,
        "schema": SCHEMA.id,
        "backbone": SCHEMA.embedding,
        "vectors": _VECTORS,
    }
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        if not checked:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in _statements(name):
            connection.execute(text(statement), always | given)


def _statements(name: str) -> Iterator[str]:
    yield from Path(__file__).with_name(name).read_text().split(";\n")
