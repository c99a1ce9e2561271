"""What Alembic runs: the connection, its transaction and its locks are ``migrations.runner``'s."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator


def _plain_type(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own types as what they are in PostgreSQL: a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
    compare_server_default=True,
    render_item=_plain_type,
    include_name=context.config.attributes["include_name"],
)
context.run_migrations()
