"""Bundles' model cards, what tells two of them apart, and the error rates that are written into one."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import typer

from detector.bundle import read_bundle, warrant_bundle
from detector.evaluation.card import card as card_of
from detector.evaluation.difference import Difference, differences
from detector.evaluation.prose import title_of
from detector.reasons import Fault, Reason, Rejected
from detector.warranty import Warranty
from worker.cli.failures import sentence
from worker.cli.output import Format, print_records

_DIFFERENT, _TROUBLE = 1, 2
"""Exit statuses of diff."""
_FIGURES = frozenset({"metrics", "warranty", "data"})
"""Sections of a difference whose names are words."""
_HASH = re.compile("[0-9a-f]{64}")


def card(path: Path, out: Path | None) -> None:
    """Write or print a bundle's model card."""
    text = card_of(read_bundle(path))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(out, error) from error
    typer.echo(f"the card is in {out}")


def diff(one: Path, other: Path, format_: Format) -> None:
    """Print what two bundles differ in; exit status as of diff."""
    try:
        found = differences(read_bundle(one), read_bundle(other))
    except Fault as fault:
        typer.echo(sentence(fault), err=True)
        raise typer.Exit(_TROUBLE) from None
    if format_ is Format.TABLE and not found:
        typer.echo("the bundles are the same")
    elif found:
        rows = map(asdict if format_ is Format.JSONL else _row, found)
        print_records(rows, format_, ("section", "name", "one", "other"))
    raise typer.Exit(_DIFFERENT if found else 0)


def warrant(path: Path, report: Path, out: Path) -> None:
    """Write a bundle with a report's error rates in it."""
    bundle = read_bundle(path)
    measured = _measured(report, bundle.id)
    warranty = measured if bundle.warranty is None else bundle.warranty.with_cells_of(measured)
    try:
        bundle_id = warrant_bundle(path, out, warranty)
    except OSError as error:
        raise _unwritable(out, error) from error
    typer.echo(f"bundle {bundle_id} is in {out}, with {len(warranty.cells)} cells")


def _measured(report: Path, bundle_id: str) -> Warranty:
    """The error rates of a report on this very bundle."""
    try:
        told = json.loads(report.read_bytes())
        about, cells = told["bundle"]["id"], json.dumps(told["warranty"])
        warranty = Warranty.model_validate_json(cells)
        left_out = told.get("vetoed") is False and told["bundle"].get("veto") is not None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected(
            Reason.BAD_REQUEST,
            f"{report} is no report of `artgate evaluate` ({type(error).__name__}); name its report.json",
        ) from error
    if about != bundle_id:
        raise Rejected(
            Reason.BUNDLE_INCOMPATIBLE,
            f"the report is about bundle {str(about)[:12]}, this one is {bundle_id[:12]}; evaluate this one",
        )
    if left_out:
        raise Rejected(
            Reason.BAD_REQUEST,
            "the report was made with --no-veto, and its rates are not those of the bundle's verdicts;"
            " evaluate with the veto",
        )
    return warranty


def _unwritable(place: Path, error: OSError) -> Fault:
    return Fault(Reason.SETTINGS_INVALID, f"{place} can't be written ({error.strerror}); name another place")


def _row(it: Difference) -> dict[str, object]:
    """A difference for people."""
    name = title_of(it.name) if it.section in _FIGURES else it.name
    return {"section": it.section, "name": name, "one": _short(it.one), "other": _short(it.other)}


def _short(value: object) -> object:
    """A hash by its beginning, a number with what tells it from others."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return value[:12] if isinstance(value, str) and _HASH.fullmatch(value) else value
