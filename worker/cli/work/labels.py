"""What ``artgate labels`` does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer

from worker import labels
from worker.cli.progress import progress
from worker.cli.work.wiring import installation
from worker.storage import Storage, make_client


def export(folder: Path, least: float) -> None:
    """Write the corpus, and say what it came to."""
    written: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    with installation() as (settings, sessions), progress("decided pictures", None) as advance:
        storage = Storage(make_client(settings), seconds=settings.s3_fetch_seconds)
        found = labels.export(sessions, storage, folder, least=least, max_bytes=settings.max_bytes)
        for each in found:
            if each.refused is None:
                written[each.label] += 1
            else:
                refused[each.refused] += 1
            advance(written.total() + refused.total())
    for reason, count in sorted(refused.items()):
        typer.echo(f"left out: {count} ({reason})", err=True)
    if not written:
        typer.echo(
            "none of the decided pictures can be had any more"
            if refused
            else "nothing to learn from yet: people have found no picture genuine or synthetic"
        )
        return
    typer.echo(f"{folder / labels.MANIFEST}: {written['human']} human, {written['ai']} ai")
    typer.echo(f"learn from it with: artgate train --corpus {folder / labels.MANIFEST} --out BUNDLE")
