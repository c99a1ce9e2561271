"""How many bytes a picture takes in PostgreSQL, by table."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, text

_SIZES = """
SELECT relname, pg_table_size(oid), pg_indexes_size(oid)
  FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


def sizes(engine: Engine) -> Mapping[str, tuple[int, int]]:
    """Bytes of each table, with what it keeps out of line, and of its indexes."""
    with engine.connect() as connection:
        return {name: (heap, indexes) for name, heap, indexes in connection.execute(text(_SIZES))}


def size_table(
    before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]], pictures: int
) -> str:
    """Bytes that a picture added to each table, and the sum; what added less than one is left out."""
    grown = {
        name: tuple((after[name][part] - before.get(name, (0, 0))[part]) / pictures for part in (0, 1))
        for name in after
    }
    grown = {name: each for name, each in grown.items() if sum(each) >= 1}
    rows = sorted(grown.items(), key=lambda row: -sum(row[1]))
    lines = [f"{'bytes a picture':<27}{'table':>11}{'indexes':>9}"]
    lines += [f"{name:<27}{heap:>11,.0f}{indexes:>9,.0f}" for name, (heap, indexes) in rows]
    total = [sum(each[part] for each in grown.values()) for part in (0, 1)]
    return "\n".join([*lines, f"{'together':<27}{total[0]:>11,.0f}{total[1]:>9,.0f}"])
