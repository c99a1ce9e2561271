"""Runs and prints what ``artgate replay`` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import typer

from worker.backfill.judge import open_gallery
from worker.cli.failures import REFUSED
from worker.cli.output import Shape, json_line, printable
from worker.cli.work.wiring import installation
from worker.evidence.filed import FiledVerdict, find
from worker.evidence.records import Outcome, Replay
from worker.evidence.replay import Studio
from worker.evidence.replay import replay as replayed
from worker.settings import Settings


def replay(asked: str, bundle: Path | None, *, from_picture: bool, shape: Shape) -> None:
    """Print whether a stored verdict comes out the same; exit status 3 where it does not."""
    with installation() as (settings, sessions):
        with sessions() as session:
            filed = find(session, asked)
        found = _from_picture(filed, bundle, settings) if from_picture else replayed(filed, path=bundle)
    if shape is Shape.JSON:
        typer.echo(json_line(asdict(found)))
    else:
        for line in _lines(found):
            typer.echo(printable(line))
    if not found.same:
        raise typer.Exit(REFUSED)


def _from_picture(filed: FiledVerdict, bundle: Path | None, settings: Settings) -> Replay:
    with closing(open_gallery(settings)) as gallery:
        return replayed(filed, path=bundle, studio=Studio(weights=settings.weights_dir, gallery=gallery))


def _lines(found: Replay) -> Iterator[str]:
    begun = "the picture" if found.from_picture else "the stored vector"
    said = "the same" if found.same else "NOT the same" if found.again else "can't be computed again"
    yield f"verdict {found.verdict}, from {begun}: {said}"
    yield f"  recorded  {_short(found.recorded)}"
    if found.again is not None:
        yield f"  again     {_short(found.again)}, with a tolerance of {found.tolerance:g}"
    yield from (f"  {it.cause}: {it.what}" for it in found.causes)
    if found.same and found.strayed:
        first = found.strayed[0]
        most = f"{first.name} most, by {first.spreads:.2g} spreads"
        yield f"  {len(found.strayed)} numbers of the vector strayed, {most}"
    if found.same and found.veto_as_recorded:
        yield "  The veto's answer was taken as recorded; --from-picture asks it again."


def _short(outcome: Outcome) -> str:
    return f"{outcome.label:<10}{outcome.probability:.6f}"
