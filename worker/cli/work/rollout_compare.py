"""Prints and writes what a bundle on trial would change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import typer

from detector.evaluation.metrics import Share
from worker.cli.output import Format, json_line, print_records
from worker.cli.work.wiring import installation
from worker.reports.rollout import render
from worker.rollout.comparison import Comparison, Row
from worker.rollout.comparison import compare as compare_now


def compare(days: float, out: Path | None, format_: Format) -> None:
    """Print the comparison, and write it as a page and as JSON."""
    with installation() as (_, sessions), sessions() as session:
        found = compare_now(session, days=days)
    document = found.as_json()
    plain = json.loads(json.dumps(document, default=str))
    if format_ is Format.JSONL:
        typer.echo(json_line(plain))
    else:
        _print(found)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "rollout.json").write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", "utf-8")
        (out / "rollout.html").write_text(render(plain), "utf-8")
        typer.echo(f"written to {out}/rollout.html and {out}/rollout.json", err=True)


def _print(found: Comparison) -> None:
    if not found.rows:
        typer.echo(
            f"nothing was compared in the last {found.days:g} days: new uploads are, while a bundle looks on"
        )
        return
    typer.echo(f"bundle {found.trial.id}, a {found.trial.state}, in the last {found.days:g} days")
    rows = [*shares(found.rows)]
    print_records(rows, Format.TABLE, tuple(rows[0]), title="shares of the pictures, 95 % intervals")
    for cost in found.costs:
        vector = (
            "with the vector that was measured anyway" if cost.shared_vector else "with a vector of its own"
        )
        typer.echo(
            f"{cost.bundle_id[:12]} looked on at {cost.pictures} pictures {vector}:"
            f" {cost.mean_ms:.1f} ms a picture, 95 % within {cost.p95_ms:.1f} ms"
        )


def shares(rows: Iterable[Row]) -> Iterable[dict[str, object]]:
    """Lines of a table: a domain's pictures, how many stay as they are and how many go which way."""
    for row in rows:
        yield {
            "domain": row.domain,
            "pictures": row.pictures,
            "same": _told(row.unchanged),
            **{f"{way.usual} to {way.trial}": _told(way.share) for way in row.ways},
        }


def _told(share: Share) -> str:
    low, high = share.interval
    return f"{share.count} ({100 * low:.1f}-{100 * high:.1f} %)"
