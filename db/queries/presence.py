"""Which processes are connected, as PostgreSQL sees them: no registry that could be out of date."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_PREFIX = "artgate "
_CONNECTED = text(
    """
    SELECT substr(application_name, :begin) AS process, count(*) AS connections
    FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, :prefix)
    GROUP BY 1 ORDER BY 1
    """
)


def connected(session: Session) -> dict[str, int]:
    """Open connections to this database by kind of process: ``hook``, ``worker``, ``sweeper``, ``relay``."""
    rows = session.execute(_CONNECTED, {"prefix": _PREFIX, "begin": len(_PREFIX) + 1})
    return {str(process): int(connections) for process, connections in rows}
