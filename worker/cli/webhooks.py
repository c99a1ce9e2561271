"""``artgate webhooks``: who is told of verdicts and decisions, for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from worker.cli.output import Format, FormatOption

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the endpoint.")]
MomentOption = Annotated[
    datetime | None, typer.Option(metavar="TIME", help="In UTC, such as 2026-05-01T12:00:00.")
]


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the endpoint is to be called.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages are posted to.")],
    *,
    event: Annotated[
        list[str] | None,
        typer.Option(
            help="What it is told of, such as verdict, decision.synthetic or refusal; repeat it. "
            "By default of everything.",
            show_default=False,
        ),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NETWORK",
            help="A network that is not public and that the endpoint may lie in; repeat it.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Add an endpoint and print the secret that its receiver checks signatures with.

    It is told of what comes from now on; `artgate webhooks replay` sends it what was before.
    """
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.add(name, url, event or [], allow or [])


def list_(*, format_: FormatOption = Format.TABLE) -> None:
    """List all endpoints with what waits for them."""
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.list_(format_)


def rotate(
    name: NameArgument,
    *,
    alone: Annotated[
        bool, typer.Option("--alone", help="Sign with nothing else from now on: the old key has leaked.")
    ] = False,
) -> None:
    """Give an endpoint a new key and print it.

    Messages are signed with both, the new key and the one before, until you rotate again: replace the
    receiver's in between.
    """
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.rotate(name, alone=alone)


def disable(name: NameArgument) -> None:
    """Tell an endpoint nothing more. What waits for it rests."""
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.disable(name)


def enable(name: NameArgument) -> None:
    """Tell a disabled endpoint again; what it missed is sent with `artgate webhooks replay`."""
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.enable(name)


def remove(name: NameArgument) -> None:
    """Forget an endpoint, its keys, what waits for it and its log."""
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.remove(name)


def replay(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the endpoint; `settings` for ARTGATE_WEBHOOK_URL.")
    ],
    *,
    delivery: Annotated[UUID | None, typer.Option(help="Send this delivery alone.")] = None,
    since: MomentOption = None,
    until: MomentOption = None,
) -> None:
    """Send messages again, under the delivery ids that they had.

    Without options those that were given up; with --since all that were written from then on, got or not.
    """
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.replay(name, delivery, since, until)


def log(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Name of an endpoint; `settings` for ARTGATE_WEBHOOK_URL.",
            show_default=False,
        ),
    ] = None,
    *,
    delivery: Annotated[UUID | None, typer.Option(help="Only tries of this delivery.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only tries that failed.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most lines.")] = 50,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Print the log of deliveries, newest first. It reaches back ARTGATE_RETENTION_DELIVERIES_DAYS days."""
    from worker.cli.work import webhooks as work  # noqa: PLC0415 - help needs no database

    work.log(name, delivery, failed=failed, limit=limit, format_=format_)
