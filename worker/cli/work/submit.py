"""Hands objects that are in the storage in for scanning, one by one or a whole prefix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import typer

from db.models.events import WorkQueue
from detector.reasons import Rejected
from worker.addresses import object_address, prefix_address
from worker.cli.failures import REFUSED
from worker.cli.output import Format, json_line, print_facts, print_records
from worker.cli.progress import progress
from worker.intake import Intake, open_intake
from worker.listing import ListedObject, list_objects, look_at
from worker.notifications import Record
from worker.notifications.members import Members
from worker.notifications.plain import record_of
from worker.settings import read_settings
from worker.storage import S3Client, make_client

Line = dict[str, Any]
"""One object: its event, or why it has none."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a prefix came to."""

    address: str
    objects: int = 0
    new: int = 0
    """Handed in by this run."""
    known: int = 0
    """Handed in before."""
    refused: int = 0
    """Keys that no event can name."""


def submit_objects(addresses: Sequence[str], format_: Format) -> None:
    """Hand single objects in, as uploads; exit status 3 where some could not be."""
    settings = read_settings()
    with open_intake(settings) as intake:
        lines = list(_submitted(intake, make_client(settings), addresses))
    if format_ is Format.JSONL:
        print_records(lines, format_, ())
    else:
        _print_objects(lines)
    if any("error" in line for line in lines):
        raise typer.Exit(REFUSED)


def submit_prefixes(addresses: Sequence[str], format_: Format) -> None:
    """Hand everything below each prefix in, as bulk work; exit status 3 where some could not be."""
    settings = read_settings()
    prefixes = [prefix_address(address) for address in addresses]
    client = make_client(settings)
    with open_intake(settings) as intake:
        for bucket, _ in prefixes:
            _check_bucket(intake, bucket)
        tallies = [_submit_prefix(intake, client, bucket, prefix) for bucket, prefix in prefixes]
    for tally in tallies:
        _print_tally(tally, format_)
    if any(tally.refused for tally in tallies):
        raise typer.Exit(REFUSED)


def _submitted(intake: Intake, client: S3Client, addresses: Sequence[str]) -> Iterator[Line]:
    for address in addresses:
        try:
            bucket, key = object_address(address)
            _check_bucket(intake, bucket)
            (event_id,) = intake.accept([_record(look_at(client, bucket, key))], WorkQueue.SCAN)
            yield {"object": address, "id": str(event_id)}
        except Rejected as error:
            yield {"object": address, "error": {"code": error.reason.value, "message": error.message}}


def _submit_prefix(intake: Intake, client: S3Client, bucket: str, prefix: str) -> Tally:
    """Page by page, each one transaction: what is handed in stays so, whenever this is stopped."""
    tally = Tally(address=f"s3://{bucket}/{prefix}")
    with progress("handed in", None) as advance:
        for page in list_objects(client, bucket, prefix):
            records = list(_records(page))
            tally.objects += len(page)
            tally.refused += len(page) - len(records)
            if records:
                (rows,) = intake.write([intake.admit(records, WorkQueue.RESCAN)])
                tally.new += sum(row.inserted for row in rows)
                tally.known += sum(not row.inserted for row in rows)
            advance(tally.objects)
    return tally


def _check_bucket(intake: Intake, bucket: str) -> None:
    """Let the storage be asked about allowed buckets only."""
    refusal = intake.refusal_of_bucket(bucket)
    if refusal is not None:
        raise refusal


def _records(page: Sequence[ListedObject]) -> Iterator[Record]:
    for found in page:
        try:
            yield _record(found)
        except Rejected as error:
            typer.echo(f"artgate: s3://{found.bucket}/{found.key!a}: {error.message}", err=True)


def _record(found: ListedObject) -> Record:
    return record_of(Members(asdict(found)))


def _print_objects(lines: Sequence[Line]) -> None:
    taken = [line for line in lines if "error" not in line]
    if taken:
        print_records(taken, Format.TABLE, ("object", "id"))
    for line in lines:
        if "error" in line:
            error = line["error"]
            typer.echo(f"artgate: {line['object']}: {error['message']} [{error['code']}]", err=True)


def _print_tally(tally: Tally, format_: Format) -> None:
    if format_ is Format.JSONL:
        typer.echo(json_line(asdict(tally)))
    else:
        print_facts({"handed in": tally.new, "known already": tally.known}, title=tally.address)
