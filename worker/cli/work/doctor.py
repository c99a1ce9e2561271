"""Prints what ``artgate doctor`` finds."""

from __future__ import annotations

from dataclasses import asdict

import typer

from worker.cli.failures import FAULT
from worker.cli.output import Format, cell, console, json_line
from worker.doctor import Finding, Health, examine

_MARKS = {
    Health.OK: "[green]ok   [/green]",
    Health.NOTE: "[yellow]note [/yellow]",
    Health.WRONG: "[red]wrong[/red]",
}


def doctor(format_: Format) -> None:
    """Print every finding as soon as it is known; exits with 1 when something is wrong."""
    wrong = 0
    for finding in examine():
        wrong += finding.health is Health.WRONG
        if format_ is Format.JSONL:
            typer.echo(json_line(asdict(finding)))
        else:
            _print(finding)
    if format_ is Format.TABLE:
        console().print(f"\n{wrong} wrong" if wrong else "\nnothing wrong")
    if wrong:
        raise typer.Exit(FAULT)


def _print(finding: Finding) -> None:
    out = console()
    place = f"{finding.area}: {finding.subject}"
    out.print(f"{_MARKS[finding.health]} {cell(place):<32} {cell(finding.found)}", soft_wrap=True)
    if finding.advice:
        out.print(f"      [dim]→ {cell(finding.advice)}[/dim]", soft_wrap=True)
