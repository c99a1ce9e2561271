"""``artgate doctor``: what is wrong with this installation, and what to do."""

from __future__ import annotations

from worker.cli.output import Format, FormatOption


def doctor(*, format_: FormatOption = Format.TABLE) -> None:
    """Check every connection, permission, version and setting, and say what to do.

    Works whatever is down. Exits with 1 when something is wrong, with 0 when all is well or only noted.
    """
    from worker.cli.work import doctor as work  # noqa: PLC0415 - help needs none of the libraries

    work.doctor(format_)
