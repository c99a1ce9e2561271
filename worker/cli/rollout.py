"""``artgate rollout``: how another bundle comes to judge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption

ByOption = Annotated[
    str, typer.Option("--by", metavar="NAME", help="The admin's account that answers for it.")
]
ReasonOption = Annotated[str, typer.Option(help="Why, for the audit log.")]
ShareOption = Annotated[
    float | None, typer.Option(help="Of the uploads, above 0 and up to 1.", show_default=False)
]


def status(*, format_: FormatOption = Format.TABLE) -> None:
    """Say which bundle judges, which is on trial, what the audit found of them, and who did what."""
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.status(format_)


def shadow(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A bundle: a folder or one file.")],
    *,
    by: ByOption,
    reason: ReasonOption,
    share: ShareOption = None,
) -> None:
    """Let a bundle look on at a share of the uploads: what it says is stored apart, and nothing acts on it.

    It is loaded here first. Where it scores the vectors that are measured anyway, it looks at all uploads
    unless --share says less; with an embedding of its own, which is measured besides, at one in twenty.
    A canary that is named becomes a shadow again.
    """
    from worker.cli.work import rollout_trial as work  # noqa: PLC0415 - help needs no models

    work.shadow(path, by, reason, share)


def canary(
    *,
    share: Annotated[float, typer.Option(help="Of the uploads, above 0 and up to 1.")],
    by: ByOption,
    reason: ReasonOption,
) -> None:
    """Let the bundle on trial decide a share of the uploads: the same pictures always, more with more.

    The bundle that judges the rest looks on at these, so that the two can be compared.
    """
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.canary(share, by, reason)


def promote(*, by: ByOption, reason: ReasonOption) -> None:
    """Let the canary judge alone, from each worker's next scan on; the bundle before it is retired."""
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.promote(by, reason)


def hold(*, by: ByOption, reason: ReasonOption) -> None:
    """Let the bundle on trial decide nothing until someone releases it; it goes on looking on."""
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.hold(by, reason)


def release(*, by: ByOption, reason: ReasonOption) -> None:
    """Let a held bundle become a canary again. The audit counts anew from here."""
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.release(by, reason)


def retire(*, by: ByOption, reason: ReasonOption) -> None:
    """End a shadow's trial. What it said stays."""
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.retire(by, reason)


def rollback(*, by: ByOption, reason: ReasonOption) -> None:
    """Take back what decides: the canary where there is one, else the bundle that judges.

    In the second case the one that judged before it judges again. Verdicts that were given stand.
    """
    from worker.cli.work import rollout as work  # noqa: PLC0415 - help needs no database

    work.rollback(by, reason)


def compare(
    *,
    days: Annotated[float, typer.Option(min=0.01, max=3650, help="How far back.")] = 30.0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", file_okay=False, help="Write rollout.html and rollout.json there as well."
        ),
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say what the bundle on trial would change, by domain, with 95 % intervals."""
    from worker.cli.work import rollout_compare as work  # noqa: PLC0415 - help needs no database

    work.compare(days, out, format_)
