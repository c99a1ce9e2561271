"""What a command's failure looks like to the person and the script that called it.

====== ==================================================================================
status meaning
====== ==================================================================================
0      done
1      the installation or something it depends on is at fault
2      the command line or a setting is wrong
3      the request, or some of the files, were refused
130    stopped from the keyboard
====== ==================================================================================
"""

from __future__ import annotations

from detector.reasons import ArtgateError, Fault, Reason, Rejected, Transient

FAULT = 1
USAGE = 2
REFUSED = 3

_USAGE_REASONS = frozenset({Reason.SETTINGS_INVALID})


def exit_status(error: ArtgateError) -> int:
    """The exit status that stands for ``error``."""
    if error.reason in _USAGE_REASONS:
        return USAGE
    return REFUSED if isinstance(error, Rejected) else FAULT


def sentence(error: ArtgateError) -> str:
    """One line for standard error: what is wrong, what to do, and the stable code."""
    return f"artgate: {error.message} [{error.reason}]"


def from_library(error: BaseException) -> ArtgateError | None:
    """A library's error of the outside world as one of ours, or None where it is a fault of the code.

    Libraries are told by their modules' names: naming their classes would import them for every command.
    """
    package = type(error).__module__.partition(".")[0]
    if package in {"sqlalchemy", "psycopg"}:
        return _from_database(error)
    if package in {"redis", "kombu"}:
        return Transient(
            Reason.BROKER_UNAVAILABLE,
            "the broker does not answer; check ARTGATE_BROKER_URL and run `artgate doctor`",
        )
    if package == "botocore":
        return Transient(
            Reason.STORAGE_UNAVAILABLE,
            f"the storage refused or did not answer ({type(error).__name__}); run `artgate doctor`",
        )
    return None


def _from_database(error: BaseException) -> ArtgateError | None:
    cause = getattr(error, "orig", None) or error
    names = {kind.__name__ for kind in type(cause).__mro__}
    if names & {"UndefinedTable", "UndefinedColumn"}:
        return Fault(
            Reason.SETTINGS_INVALID,
            "the database's schema is missing or older than this version; run `artgate db upgrade`",
        )
    if "InsufficientPrivilege" in names:
        return Fault(
            Reason.SETTINGS_INVALID,
            "the role in ARTGATE_DATABASE_URL may not do this in the database; "
            "docs/operations.md says which role does what",
        )
    if "LockNotAvailable" in names:
        return Transient(
            Reason.DATABASE_UNAVAILABLE,
            "another transaction holds what this needs for too long (lock timeout); nothing was changed: "
            "end it, pg_stat_activity has it, and try again",
        )
    if "OperationalError" in names:
        return Transient(
            Reason.DATABASE_UNAVAILABLE,
            "the database does not answer; check ARTGATE_DATABASE_URL and run `artgate doctor`",
        )
    return None
