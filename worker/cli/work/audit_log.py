"""Chains, exports and verifies the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from db.queries import audit
from detector.reasons import Reason, Rejected
from worker.audit.chainer import Chainer, keyring
from worker.audit.findings import Verified
from worker.audit.verifier import Exported
from worker.audit.verifier import verify as verified
from worker.cli.failures import FAULT
from worker.cli.output import Format, json_line, print_records
from worker.cli.work.wiring import installation
from worker.files import read_file

_LARGEST = 256 * 2**20
_COLUMNS = ("trouble", "where", "detail")


class _Line(BaseModel):
    """One line of an export."""

    model_config = ConfigDict(extra="ignore")

    number: int = Field(gt=0)
    hash: str = Field(pattern="^[0-9a-f]{64}$")
    key_id: str
    signature: str = Field(pattern="^[0-9a-f]{64}$")


def chain() -> None:
    """Chain what waits."""
    with installation() as (settings, sessions):
        count = Chainer(sessions, keyring(settings)).chain_all()
    entries = "1 entry was" if count == 1 else f"{count} entries were"
    typer.echo(f"{entries} chained" if count else "nothing waits to be chained")


def heads(after: int) -> None:
    """Print heads."""
    with installation() as (_, sessions), sessions() as session:
        found = audit.heads(session, after=after)
    for head in found:
        line: dict[str, Any] = asdict(head)
        typer.echo(json_line(line | {"hash": head.hash.hex(), "signature": head.signature.hex()}))


def verify(file: Path | None, format_: Format) -> None:
    """Verify the log; exit status 1 where something is wrong."""
    exported = [] if file is None else list(_exported(file))
    with installation() as (settings, sessions), sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        found = verified(session, keyring(settings), exported)
    if found.findings:
        print_records([asdict(finding) for finding in found.findings], format_, _COLUMNS)
    if format_ is Format.TABLE:
        typer.echo(_summary(found, len(exported)))
    if found.findings:
        raise typer.Exit(FAULT)


def _exported(file: Path) -> Iterator[Exported]:
    """The heads in a file.

    Raises:
        Rejected: ``file_unreadable``, ``too_many_bytes``, ``bad_request``.
    """
    for number, text in enumerate(read_file(file, max_bytes=_LARGEST).splitlines(), start=1):
        try:
            line = _Line.model_validate_json(text)
        except ValidationError:
            raise Rejected(
                Reason.BAD_REQUEST,
                f"{file}: line {number} is no head; expected lines of `artgate audit heads`",
            ) from None
        yield Exported(
            number=line.number,
            hash=bytes.fromhex(line.hash),
            key_id=line.key_id,
            signature=bytes.fromhex(line.signature),
        )


def _summary(found: Verified, exported: int) -> str:
    looked = (
        f"Compared: links {found.links}, signed heads {found.heads}, exported heads {exported},"
        f" items {found.items}. Entries that wait to be chained: {found.pending}"
    )
    count = len(found.findings)
    if not count:
        return f"{looked}.\nEverything is as it was written."
    return f"{looked}.\n{count} {'thing is' if count == 1 else 'things are'} not as written."
