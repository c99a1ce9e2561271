"""Fresh migrated databases, copied from one that is migrated once."""

from __future__ import annotations

import secrets
from functools import cached_property

from sqlalchemy import URL, create_engine, make_url, text

from migrations.runner import upgrade


class Databases:
    """Databases on one server.

    Args:
        url: SQLAlchemy URL of a database on the server, by a user who may create databases.
    """

    def __init__(self, url: str) -> None:
        self._server = make_url(url)
        self._engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._made: list[str] = []

    def empty(self) -> str:
        """Make a database without tables and give its URL."""
        return self._create("TEMPLATE template0")

    def migrated(self) -> str:
        """Make a database with all of artgate's tables and give its URL."""
        return self._create(f'TEMPLATE "{self._template.database}"')

    def drop_all(self) -> None:
        """Drop every database that was made here, whoever is connected."""
        with self._engine.connect() as connection:
            for name in reversed(self._made):
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._engine.dispose()

    @cached_property
    def _template(self) -> URL:
        url = self.empty()
        upgrade(url)
        return make_url(url)

    def _create(self, options: str) -> str:
        name = f"test_{secrets.token_hex(6)}"
        with self._engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" {options}'))
        self._made.append(name)
        return self._server.set(database=name).render_as_string(hide_password=False)
