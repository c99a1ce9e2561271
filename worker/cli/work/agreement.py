"""Reckons and prints how far reviewers agree and how reliable they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import typer

from db.queries import ratings
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation
from worker.review.agreement import Estimate, alpha_over_all, kappa_of_pairs
from worker.review.labels import reliabilities
from worker.review.reliability import Reliability

_COLUMNS = ("what", "who", "value", "low", "high", "n")


def agreement(format_: Format) -> None:
    """Print alpha over all, kappa of each pair, and each reviewer's reliability."""
    with installation() as (_, sessions), sessions() as session:
        units = ratings.units(session)
        reliable = reliabilities(session)
        names = ratings.names(session) if format_ is Format.TABLE else {}
    if not units and format_ is Format.TABLE:
        typer.echo("no item has two opinions yet that were asked for whatever the first was, and no")
        typer.echo(
            "known answer was asked: see measured_share and known_answer_share in `artgate policy show`"
        )
        return
    print_records(_lines(units, reliable, names), format_, _COLUMNS)


def _lines(
    units: list[dict[str, str]], reliable: Mapping[str, Reliability], names: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    yield _line("Krippendorff's alpha", "all", alpha_over_all(units))
    for pair, estimate in kappa_of_pairs(units).items():
        yield _line("Cohen's kappa", ", ".join(names.get(who, who) for who in pair), estimate)
    for who, known in reliable.items():
        yield {
            "what": "known answers right",
            "who": names.get(who, who),
            "value": known.right / known.asked,
            "low": known.low,
            "high": known.high,
            "n": known.asked,
        }


def _line(what: str, who: str, estimate: Estimate) -> dict[str, object]:
    value = {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.units}
    return {"what": what, "who": who, **value}
