"""Many rows in one statement, with one parameter a column.

Ten thousand parameters take longer to write down than PostgreSQL takes to insert what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine


def given_rows(kinds: Mapping[str, TypeEngine[Any]]) -> TableValuedAlias:
    """A table ``given`` with these columns, whose values are bound by ``as_arrays``."""
    arrays = [bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in kinds.items()]
    columns = [column(name, kind) for name, kind in kinds.items()]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def as_arrays(rows: Sequence[object], names: Collection[str]) -> dict[str, list[Any]]:
    """Attributes of some objects as the parameters of ``given_rows``."""
    return {f"{name}s": [getattr(row, name) for row in rows] for name in names}
