"""Checks of PostgreSQL: reachable, recent, durable, migrated, permitted, and of one mind about the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.base import Base
from db.engine import make_engine
from db.queries import partitions
from migrations.grants import FUNCTIONS, RIGHTS, Role, existing
from migrations.runner import check
from worker.clock import utc_now
from worker.doctor.finding import Area, Finding
from worker.settings import Settings

_AREA = Area("database")
_LEAST_VERSION = 140000
_LARGEST_SKEW = 30.0
_DAY = 86_400.0
_LEAST_AHEAD = 14 * _DAY
"""The sweeper keeps five weeks."""
_APPENDED = ("SELECT", "INSERT")
_RIGHTS = {
    "audit_entries": ("SELECT",),  # triggers write them, with rights of their own
    "audit_heads": _APPENDED,
    "audit_links": _APPENDED,
    "audit_pending": ("SELECT", "DELETE"),
    "decisions": _APPENDED,
    "outbox": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "webhook_attempts": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "retractions": _APPENDED,
    "review_acts": _APPENDED,
    "review_policies": _APPENDED,
}
"""What is needed where it is not to read, add and change rows."""


def check_database(settings: Settings) -> Iterator[Finding]:
    """Connect once, then look at everything that a process will need."""
    try:
        engine = make_engine(
            settings.database_url.get_secret_value(), application="artgate-doctor", pooled=False
        )
        with engine.connect() as connection:
            yield _AREA.ok("connection", _server(connection))
            for check in _CHECKS:
                yield check(connection)
    except SQLAlchemyError as error:
        yield _AREA.wrong(
            "connection",
            _first_line(error),
            "start PostgreSQL, or correct host, port, user, password or database in ARTGATE_DATABASE_URL",
        )


def _server(connection: Connection) -> str:
    found = connection.execute(text("SELECT current_user, current_database(), version()")).one()
    return f"{found[0]}@{found[1]}, {' '.join(found[2].split()[:2])}"


def _version(connection: Connection) -> Finding:
    number = int(connection.scalar(text("SELECT current_setting('server_version_num')")) or 0)
    found = f"{number // 10000}.{number % 10000}"
    if number >= _LEAST_VERSION:
        return _AREA.ok("version", found)
    return _AREA.wrong("version", found, "upgrade PostgreSQL to 14 or later")


def _durability(connection: Connection) -> Finding:
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if connection.scalar(text("SELECT current_setting(:name)"), {"name": name}) == "off"
    ]
    if not off:
        return _AREA.ok("durability", "a committed row survives a crash")
    return _AREA.wrong(
        "durability",
        f"off: {', '.join(off)}",
        "turn it on: an upload that was accepted may be lost in a crash",
    )


def _schema(connection: Connection) -> Finding:
    state = check(connection.engine.url.render_as_string(hide_password=False))
    if state.ok:
        return _AREA.ok("schema", f"revision {state.current}")
    if state.current == state.head:
        return _AREA.wrong(
            "schema",
            f"differs: {'; '.join(state.differences[:3])}",
            "run `artgate db upgrade`, which finishes what was broken off; what stays was changed by hand: "
            "undo that, or restore a backup",
        )
    return _AREA.wrong(
        "schema",
        f"revision {state.current or 'none'}, this version needs {state.head}",
        "run `artgate db upgrade`",
    )


def _partitions(connection: Connection) -> Finding:
    """Whether the sweeper makes partitions ahead of time."""
    with Session(connection) as session:
        now = utc_now()
        ahead = {table: partitions.ahead_seconds(session, table, now=now) for table in partitions.PARTITIONED}
    found = ", ".join(f"{table}: {seconds / _DAY:.0f} days ahead" for table, seconds in ahead.items())
    least = min(ahead.values())
    if least >= _LEAST_AHEAD:
        return _AREA.ok("partitions", found)
    advice = (
        "start `artgate sweeper`, which makes them; until then rows are kept in the table's last partition"
    )
    return (_AREA.note if least else _AREA.wrong)("partitions", found, advice)


def _privileges(connection: Connection) -> Finding:
    """One of artgate's roles needs what its duty asks for; any other one everything that there is to do."""
    user = str(connection.scalar(text("SELECT current_user")))
    duty = Role(user) if user in set(Role) and _divided(connection) else None
    missing = [
        f"{privilege} on {table}"
        for table in sorted(Base.metadata.tables)
        for privilege in _needed(table, duty)
        if not _may(connection, table, privilege)
    ]
    missing += [
        f"EXECUTE on {function}"
        for function, caller in FUNCTIONS.items()
        if duty in {None, caller} and not _may_call(connection, function)
    ]
    if not missing:
        return _AREA.ok("permissions", f"what {duty} needs" if duty else "reads and writes every table")
    if duty:
        return _AREA.wrong(
            "permissions",
            f"{duty} lacks {', '.join(missing[:4])}{' and more' if len(missing) > 4 else ''}",
            "run `artgate db roles` as an administrator of PostgreSQL",
        )
    return _AREA.wrong(
        "permissions",
        f"lacks {', '.join(missing[:4])}{' and more' if len(missing) > 4 else ''}",
        "run `artgate db upgrade`; then, as the tables' owner, SELECT grant_worker('ROLE') for this role",
    )


def _divided(connection: Connection) -> bool:
    """Whether there is a role for each duty; a role for everything may be called ``artgate_worker`` too."""
    return existing(connection) == frozenset(Role)


def _needed(table: str, duty: Role | None) -> tuple[str, ...]:
    if duty is None or duty is Role.MIGRATOR:
        return _RIGHTS.get(table, ("SELECT", "INSERT", "UPDATE"))
    return RIGHTS[table][duty]


def _may(connection: Connection, table: str, privilege: str) -> bool:
    question = text("SELECT has_table_privilege(to_regclass(:table), :privilege)")
    return bool(connection.scalar(question, {"table": table, "privilege": privilege}))


def _may_call(connection: Connection, function: str) -> bool:
    question = text("SELECT has_function_privilege(to_regprocedure(:function), 'EXECUTE')")
    return bool(connection.scalar(question, {"function": function}))


def _clock(connection: Connection) -> Finding:
    theirs = connection.scalar(text("SELECT clock_timestamp()"))
    skew = abs((utc_now() - theirs).total_seconds()) if theirs else 0.0
    found = f"{skew:.1f} s apart from this machine's"
    if skew <= _LARGEST_SKEW:
        return _AREA.ok("clock", found)
    return _AREA.note("clock", found, "set both by NTP; signatures are dated by this machine's clock")


def _first_line(error: SQLAlchemyError) -> str:
    """The driver's own first line: host and port, never the password."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


_CHECKS: tuple[Callable[[Connection], Finding], ...] = (
    _version,
    _durability,
    _schema,
    _partitions,
    _privileges,
    _clock,
)
