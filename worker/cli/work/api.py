"""Asks the platform's API over HTTP, by the client that platforms use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import typer

from detector.reasons import Fault, Reason, Rejected
from worker.addresses import object_address
from worker.cli.output import Format, json_line, print_facts, print_records
from worker.client import Appeal, Artgate, Erasure, Evidence, Holds, Message, Refused
from worker.settings import read_settings

_CHUNK = 2**20


def post(addresses: Sequence[str], uploader: str | None, domain: str | None, format_: Format) -> None:
    """Post events and print their ids."""
    places = [object_address(address) for address in addresses]
    with _client() as client:
        ids = client.post_events(
            [{"bucket": bucket, "key": key, "uploader": uploader, "domain": domain} for bucket, key in places]
        )
    lines = [{"object": address, "id": str(each)} for address, each in zip(addresses, ids, strict=True)]
    print_records(lines, format_, ("object", "id"))


def verdict(target: str, format_: Format) -> None:
    """Print what holds of a picture."""
    with _client() as client:
        holds = _holds(client, target)
    if format_ is Format.JSONL:
        typer.echo(json_line(holds.body))
        return
    facts: dict[str, object] = {
        "object": None if holds.bucket is None else f"s3://{holds.bucket}/{holds.key}",
        "image": holds.image_id,
        "label": holds.label,
        "by": holds.by,
        "since": holds.since,
        "probability": holds.probability,
        "decision": holds.decision_id,
    }
    print_facts(facts)


def changes(after: int, limit: int, format_: Format) -> None:
    """Print a page of changes."""
    with _client() as client:
        page = client.changes(after, limit=limit)
    if not page.messages and format_ is Format.TABLE:
        typer.echo(f"nothing has changed since {after}")
        return
    print_records(map(_line, page.messages), format_, ("number", "type", "object", "says", "created_at"))
    if page.more:
        typer.echo(f"artgate: there is more; go on with --after {page.next}", err=True)


def appeal(
    target: str, appellant: str, statement: str | None, evidence: Sequence[str], format_: Format
) -> None:
    """File an appeal and print it."""
    shown = [_evidence(each) for each in evidence]
    with _client() as client:
        if target.startswith("s3://"):
            bucket, key = object_address(target)
            made = client.appeal(
                bucket=bucket, key=key, appellant=appellant, statement=statement, evidence=shown
            )
        else:
            image_id = _holds(client, target).image_id
            made = client.appeal(image_id=image_id, appellant=appellant, statement=statement, evidence=shown)
    _print_appeal(made, format_)


def appealed(appeal_id: UUID, format_: Format) -> None:
    """Print where an appeal stands."""
    with _client() as client:
        _print_appeal(client.appeal_standing(appeal_id), format_)


def erase(
    image: UUID | None, address: str | None, uploader: str | None, format_: Format, *, sure: bool
) -> None:
    """Have something forgotten and print the report."""
    if sum(given is not None for given in (image, address, uploader)) != 1:
        raise typer.BadParameter("say what to erase with one of --image, --object and --uploader")
    bucket, key = (None, None) if address is None else object_address(address)
    if not sure:
        typer.confirm(f"erase {image or address or uploader} for good?", abort=True)
    with _client() as client:
        report = client.erase(image_id=image, bucket=bucket, key=key, uploader=uploader)
    _print_erasure(report, format_)


def erased(erasure_id: UUID, format_: Format) -> None:
    """Print the report of an erasure."""
    with _client() as client:
        _print_erasure(client.erasure(erasure_id), format_)


@contextmanager
def _client() -> Iterator[Artgate]:
    settings = read_settings()
    if settings.api_token is None:
        raise Fault(
            Reason.SETTINGS_INVALID,
            "set ARTGATE_API_TOKEN to a service's token; `artgate tokens add ACCOUNT` makes one",
        )
    with Artgate(settings.api_url, settings.api_token.get_secret_value()) as made:
        yield made


def _holds(client: Artgate, target: str) -> Holds:
    if target.startswith("s3://"):
        return client.verdict_of_object(*object_address(target))
    try:
        named = UUID(target)
    except ValueError:
        raise Rejected(
            Reason.BAD_REQUEST, f"{target!r} is no id and no address; expected an id or s3://bucket/key"
        ) from None
    try:
        return client.verdict_of_image(named)
    except Refused as error:
        if error.reason is not Reason.NOT_FOUND:
            raise
        return client.verdict_of_event(named)


def _evidence(shown: str) -> Evidence:
    kind, _, rest = shown.partition(",")
    path, _, address = rest.rpartition(",")
    if not path:
        raise typer.BadParameter(f"{shown!r}: expected KIND,FILE,s3://bucket/key")
    bucket, key = object_address(address)
    digest, size = hashlib.sha256(), 0
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise Rejected(Reason.FILE_UNREADABLE, f"{path}: {error.strerror}; check the path") from None
    return Evidence(kind=kind, bucket=bucket, key=key, size=size, sha256=digest.hexdigest())


def _line(message: Message) -> Mapping[str, object]:
    told = message.data
    place = f"s3://{told['bucket']}/{told['key']}" if "key" in told else None
    says = told.get("label") or told.get("verdict") or told.get("reason")
    return {
        "number": message.number,
        "type": message.type,
        "object": place,
        "says": says,
        "created_at": message.created_at,
        "data": told,
    }


def _print_appeal(made: Appeal, format_: Format) -> None:
    if format_ is Format.JSONL:
        typer.echo(json_line(made.body))
        return
    state = "open" if made.open else made.outcome or "withdrawn"
    print_facts(
        {
            "appeal": made.id,
            "state": state,
            "against": made.against,
            "decided": made.label,
            "due": made.due_at,
        }
    )


def _print_erasure(report: Erasure, format_: Format) -> None:
    facts = {"erasure": str(report.id), "state": report.state, **report.erased}
    if format_ is Format.JSONL:
        typer.echo(json_line(facts))
    else:
        print_facts(facts)
