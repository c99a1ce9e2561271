"""The run does not rot: a tiny one is whole, and a query that grows is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

import pytest
from sqlalchemy import Engine, text

from db.engine import make_engine
from tests.scale.filling import grow, prepare
from tests.scale.measure import Timing
from tests.scale.outcome import document, growth, misses, table, worst_ratio
from tests.scale.plan import BUNDLE, Plan, image_of, key_of, waiting_event
from tests.scale.queries import QUERIES
from tests.scale.run import run
from tests.scale.size import size_table, sizes

TINY = Plan(sizes=(1_200, 2_400), wide=1_500, waiting=50, runs=3, rounds=2, chunk=1_000)


@pytest.fixture(scope="module")
def filled(new_database: Callable[[], str]) -> Iterator[Engine]:
    """A database that grew to the size of ``TINY``."""
    engine = make_engine(new_database(), application="test")
    prepare(engine, TINY)
    for before, size in itertools.pairwise((0, *TINY.sizes)):
        grow(engine, TINY, before, size)
    yield engine
    engine.dispose()


def test_a_tiny_run_times_every_query_at_every_size(new_database: Callable[[], str]) -> None:
    """What each query must find is asserted where it is asked."""
    timings = run(TINY, new_database())
    assert list(timings) == list(TINY.sizes)
    for size in TINY.sizes:
        assert set(timings[size]) == set(QUERIES)
        for timing in timings[size].values():
            assert 0 < timing.p50_ms <= timing.p95_ms <= timing.worst_round_ms
            assert timing.pages > 0
    assert len(table(timings).splitlines()) == 1 + len(QUERIES) * len(TINY.sizes)
    assert document(timings)["worst_ratio"] == round(worst_ratio(timings), 2)


def test_each_picture_has_an_event_a_vector_a_verdict_and_a_message(filled: Engine) -> None:
    """And three in twenty a review item, most of them a decision."""
    pictures = TINY.sizes[-1]
    with filled.connect() as connection:
        (counts,) = connection.execute(text(_COUNTS)).all()
    assert counts[:4] == (pictures, pictures, pictures, pictures)
    items, decisions, precedents, messages = counts[4:]
    assert items == pictures * 3 // 20
    assert decisions == precedents == items - 3
    assert messages == pictures + decisions


def test_what_was_written_without_asking_for_foreign_keys_breaks_none(filled: Engine) -> None:
    """Each reference names a row."""
    with filled.connect() as connection:
        keys = connection.execute(text(_REFERENCES)).all()
        broken = {name: connection.execute(text(_orphans(*parts))).scalar_one() for name, *parts in keys}
    assert len(keys) > 20
    assert {name for name, count in broken.items() if count} == set()


def test_rows_are_named_alike_here_and_in_the_database(filled: Engine) -> None:
    with filled.connect() as connection:
        named = connection.execute(text("SELECT id, key FROM images ORDER BY id OFFSET 41 LIMIT 1")).one()
        waits = connection.execute(
            text("SELECT id FROM events WHERE state = 'queued' ORDER BY id LIMIT 1")
        ).scalar_one()
        judged = connection.execute(text("SELECT count(*), min(bundle_id) FROM verdicts")).one()
    assert named == (image_of(42), key_of(42))
    assert waits == waiting_event(1)
    assert judged == (TINY.sizes[-1], BUNDLE)


def test_bytes_are_told_by_table(filled: Engine) -> None:
    lines = size_table({}, sizes(filled), TINY.sizes[-1]).splitlines()
    told = {line.split()[0]: float(line.split()[1].replace(",", "")) for line in lines[1:]}
    assert told["features"] > 4 * 916 / 2, "half of the vectors and more are of real size"
    assert told["together"] == pytest.approx(sum(told.values()) - told["together"], abs=len(told))


def timing(p95: float) -> Timing:
    """A query that takes so long."""
    return Timing(p50_ms=p95 / 2, p95_ms=p95, worst_round_ms=2 * p95, pages=5)


def at(*p95s: float) -> Mapping[int, Mapping[str, Timing]]:
    """One query at growing sizes."""
    return {10 ** (5 + place): {"claim": timing(p95)} for place, p95 in enumerate(p95s)}


@pytest.mark.parametrize(
    ("p95s", "grown"),
    [
        ((4.0, 4.0, 4.0), 1.0),
        ((4.0, 6.0, 8.0), 2.0),
        ((4.0, 12.0, 5.0), 3.0),
        ((4.0, 2.0, 1.0), 1.0),
        ((0.1, 0.2, 0.9), 1.0),
        ((0.1, 0.2, 3.0), 3.0),
    ],
)
def test_growth_is_that_of_the_slowest_size_and_begins_at_a_millisecond(
    p95s: tuple[float, ...], grown: float
) -> None:
    """A size in between counts as well; the plain figures stay in the table and in the last line."""
    assert growth(at(*p95s), "claim") == pytest.approx(grown)
    plain = {"claim": {str(10 ** (5 + place)): p95 for place, p95 in enumerate(p95s)}}
    assert document(at(*p95s))["p95_ms"] == plain


def test_a_query_that_grows_beyond_twice_is_a_miss_and_one_that_doubles_is_not() -> None:
    assert misses(at(4.0, 8.0)) == []
    assert misses(at(4.0, 8.2)) == ["claim: p95 grows 2.05 times"]


_COUNTS = """
SELECT (SELECT count(*) FROM images), (SELECT count(*) FROM events WHERE state = 'done'),
       (SELECT count(*) FROM features), (SELECT count(*) FROM verdicts), (SELECT count(*) FROM review_items),
       (SELECT count(*) FROM decisions), (SELECT count(*) FROM precedents), (SELECT count(*) FROM outbox)
"""
_REFERENCES = """
SELECT conname, conrelid::regclass::text, a.attname, confrelid::regclass::text, b.attname
  FROM pg_constraint
  JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
  JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
 WHERE contype = 'f' AND array_length(conkey, 1) = 1
"""


def _orphans(table_: str, column: str, target: str, key: str) -> str:
    """Counts the rows of a table whose reference names nothing."""
    return (
        f"SELECT count(*) FROM {table_} t WHERE {column} IS NOT NULL"
        f" AND NOT EXISTS (SELECT FROM {target} WHERE {target}.{key} = t.{column})"
    )
