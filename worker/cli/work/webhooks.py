"""What ``artgate webhooks`` does."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

import typer

from db.queries import delivery_log, endpoints
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation
from worker.webhooks import endpoints as use
from worker.webhooks import receivers
from worker.webhooks.endpoints import SETTINGS, Replay

_COLUMNS = ("name", "url", "events", "keys", "state", "pending", "dead")
_LOG_COLUMNS = ("at", "endpoint", "delivery", "attempt", "outcome", "status", "seconds", "error")
_FAILED = ("failed", "dead")


def add(name: str, url: str, events: list[str], networks: list[str]) -> None:
    """Add an endpoint; the secret alone goes to standard output, so that a script can take it."""
    with installation() as (_, sessions), sessions.begin() as session:
        secret = use.add(session, name, url, events=events, networks=networks)
    typer.echo(
        f"endpoint {name} is added; its receiver needs this secret, which is shown this once:", err=True
    )
    typer.echo(secret)


def list_(format_: Format) -> None:
    """Print all endpoints, the one of the settings first."""
    with installation() as (settings, sessions), sessions() as session:
        found = receivers.everyone(session, settings)
    rows = [
        asdict(each) | {"events": ", ".join(each.events) or "all", "networks": ", ".join(each.networks)}
        for each in found
    ]
    if not rows and format_ is Format.TABLE:
        typer.echo("nobody is told; add an endpoint with: artgate webhooks add NAME URL")
        return
    print_records(rows, format_, _COLUMNS)


def rotate(name: str, *, alone: bool) -> None:
    """Give an endpoint a new key."""
    with installation() as (_, sessions), sessions.begin() as session:
        secret = use.rotate(session, name, alone=alone)
    then = "alone signs from now on" if alone else "signs beside the one before, until the next rotation"
    typer.echo(f"the new key of {name} {then}; it is shown this once:", err=True)
    typer.echo(secret)


def disable(name: str) -> None:
    """Disable an endpoint."""
    with installation() as (_, sessions), sessions.begin() as session:
        endpoints.disable(session, use.known(session, name))
    typer.echo(f"endpoint {name} is told nothing more")


def enable(name: str) -> None:
    """Enable an endpoint."""
    with installation() as (_, sessions), sessions.begin() as session:
        endpoints.enable(session, use.known(session, name))
    typer.echo(f"endpoint {name} is told again")


def remove(name: str) -> None:
    """Remove an endpoint."""
    with installation() as (_, sessions), sessions.begin() as session:
        endpoints.remove(session, use.known(session, name))
    typer.echo(f"endpoint {name} is removed")


def replay(name: str, delivery: UUID | None, since: datetime | None, until: datetime | None) -> None:
    """Queue messages again."""
    which = Replay(delivery=delivery, since=_utc(since), until=_utc(until))
    with installation() as (_, sessions), sessions.begin() as session:
        queued = use.replay(session, name, which)
    typer.echo(f"{queued} {'message is' if queued == 1 else 'messages are'} queued again for {name}")


def log(name: str | None, delivery: UUID | None, *, failed: bool, limit: int, format_: Format) -> None:
    """Print the log."""
    with installation() as (settings, sessions), sessions() as session:
        found = delivery_log.latest(
            session,
            endpoint_id=None if name in {None, SETTINGS} else use.known(session, str(name)),
            of_settings=name == SETTINGS,
            delivery=delivery,
            outcomes=_FAILED if failed else (),
            limit=limit,
            reach_seconds=settings.retention_deliveries_days * 86_400.0,
        )
    if not found and format_ is Format.TABLE:
        typer.echo("the log has no such line")
        return
    rows = [asdict(line) | {"endpoint": line.endpoint or SETTINGS, "at": _moment(line.at)} for line in found]
    print_records(rows, format_, _LOG_COLUMNS)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
