"""``artgate queue``: the moderators' desk for an operator, directly on the database."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import typer

from worker.cli.output import Format, FormatOption

ItemArgument = Annotated[UUID, typer.Argument(metavar="ITEM", help="Id of the review item.")]
LeaseOption = Annotated[
    int, typer.Option("--lease", min=1, help="Lease number that the claim gave.", show_default=False)
]
NameOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Name that the claim and the decision stand under.")
]
State = Literal["open", "claimed", "decided", "withdrawn"]
Kind = Literal["uncertain", "refusal"]
Choice = Literal["genuine", "synthetic", "cannot_tell"]
Ground = Literal[
    "handwork",
    "process",
    "camera",
    "offered_evidence",
    "anatomy",
    "lettering",
    "texture",
    "light",
    "generator_trace",
    "stated",
    "no_signs",
    "too_poor",
    "edited",
]


def list_items(
    *,
    state: Annotated[State | None, typer.Option(help="Only items in this state.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only items of this kind.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only items of this queue.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most items to list.")] = 50,
    format_: FormatOption = Format.TABLE,
) -> None:
    """List review items, the most urgent first; by default those that wait for a decision."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.list_items(state, kind, queue, limit, format_)


def show(item: ItemArgument, *, format_: FormatOption = Format.TABLE) -> None:
    """Show one review item with its evidence."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.show(item, format_)


def claim(
    item: Annotated[
        UUID | None, typer.Argument(metavar="[ITEM]", help="Id of an item; the most urgent one without it.")
    ] = None,
    *,
    moderator: NameOption,
    kind: Annotated[Kind | None, typer.Option(help="Take the next item of this kind.")] = None,
    queue: Annotated[str | None, typer.Option(help="Take the next item of this queue.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Take the next item, or a named one, and print its evidence and its lease number."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.claim(item, moderator, kind, queue, format_)


def renew(
    item: ItemArgument, *, lease: LeaseOption, moderator: NameOption, format_: FormatOption = Format.TABLE
) -> None:
    """Hold a claimed item for another lease, from now."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.renew(item, lease, moderator, format_)


def release(
    item: ItemArgument, *, lease: LeaseOption, moderator: NameOption, format_: FormatOption = Format.TABLE
) -> None:
    """Give a claimed item back undecided."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.release(item, lease, moderator, format_)


def decide(
    item: ItemArgument,
    decision: Annotated[Choice, typer.Argument(help="What you found.")],
    *,
    lease: LeaseOption,
    moderator: NameOption,
    ground: Annotated[
        Ground | None, typer.Option(help="Why, as one of the codes that go with the answer.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")] = None,
    also: Annotated[
        list[UUID] | None,
        typer.Option(help="A near-duplicate that the decision covers, as `near` shows it; repeat it."),
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Record the decision on a claimed item.

    SYNTHETIC may need a second reviewer's opinion, as the policy says; else the item is decided, and the
    platform is told when the time to take it back is over.
    """
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.decide(item, decision, lease, moderator, ground=ground, note=note, also=also or [], format_=format_)


def opinion(
    item: ItemArgument,
    answer: Annotated[Choice, typer.Argument(help="What you think before you see more.")],
    *,
    lease: LeaseOption,
    moderator: NameOption,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Give a first opinion, where the queue hides what the detector says until there is one; then show it."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.opinion(item, answer, lease, moderator, format_)


def near(item: ItemArgument, *, moderator: NameOption, format_: FormatOption = Format.TABLE) -> None:
    """List the waiting near-duplicates that a decision on an item may cover, nearest first."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.near(item, moderator, format_)


def undo(
    item: ItemArgument, *, lease: LeaseOption, moderator: NameOption, format_: FormatOption = Format.TABLE
) -> None:
    """Take your decision back, before anyone outside is told; the item is yours again, under a new lease.

    The lease number is the one that the decision carried.
    """
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.undo(item, lease, moderator, format_)


def escalate(
    item: ItemArgument,
    *,
    lease: LeaseOption,
    moderator: NameOption,
    why: Annotated[str, typer.Option(help="What a senior should know.")],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Leave a claimed item to a senior."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.escalate(item, lease, moderator, why, format_)


def agreement(*, format_: FormatOption = Format.TABLE) -> None:
    """Say how far reviewers agree, and how reliable they are, with 95 % intervals.

    Agreement is reckoned on items that have a second opinion whatever the first was (second_review:
    measured_share of the policy) and on known answers; reliability on known answers. The table names
    reviewers, JSON lines have their pseudonyms.
    """
    from worker.cli.work import agreement as work  # noqa: PLC0415 - help needs no database

    work.agreement(format_)


def skip(
    item: ItemArgument,
    *,
    lease: LeaseOption,
    moderator: NameOption,
    why: Annotated[str, typer.Option(help="Why you leave it to the others.")],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Leave a claimed item to the others. You are offered it again when nothing else is left."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.skip(item, lease, moderator, why, format_)


def hold(
    item: ItemArgument,
    *,
    lease: LeaseOption,
    moderator: NameOption,
    hours: Annotated[float, typer.Option(min=0.01, help="Hours that it rests.")],
    why: Annotated[str, typer.Option(help="What you wait for.")],
    format_: FormatOption = Format.TABLE,
) -> None:
    """Let a claimed item rest. Nobody is offered it before the time is over, and then you first."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.hold(item, lease, moderator, hours=hours, why=why, format_=format_)


def give(
    item: ItemArgument,
    to: Annotated[str, typer.Argument(metavar="REVIEWER", help="Who shall have it.")],
    *,
    lease: LeaseOption,
    moderator: NameOption,
    why: Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Hand a claimed item over to a named reviewer, who is offered it first."""
    from worker.cli.work import queue as work  # noqa: PLC0415 - help needs no database

    work.give(item, lease, moderator, to=to, why=why, format_=format_)
