"""A report as one page of HTML that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from worker.reports import charts
from worker.reports.words import cell_name, interval, number, percent, reach, spread

_TEMPLATE = "evaluation.html"


def render(report: Mapping[str, Any]) -> str:
    """The page of an evaluation's report."""
    environment = Environment(
        loader=PackageLoader("worker.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cell_name": cell_name,
        "interval": interval,
        "number": number,
        "percent": percent,
        "reach": reach,
        "spread": spread,
    }
    return environment.get_template(_TEMPLATE).render(report=report, charts=_charts(report))


def _charts(report: Mapping[str, Any]) -> dict[str, Markup]:
    """Those of the clean pictures; curves only where there are both makers."""
    told = report["deliveries"][0]["figures"]
    thresholds = [edge for edges in report["thresholds"].values() for edge in sorted(set(edges))]
    drawn = {
        "histogram": charts.histogram(
            told["histogram"],
            thresholds,
            name="histogram",
            told="Pictures by probability of being AI, with thresholds: human ones upwards, AI downwards.",
        )
    }
    if told["roc"]:
        area = number(told["auc"]["value"])
        drawn["roc"] = charts.roc(told["roc"], name="roc", told=f"ROC curve; the area under it is {area}.")
        drawn["det"] = charts.det(
            told["roc"], name="det", told="DET curve: missed AI over accused human pictures."
        )
        drawn["reliability"] = charts.reliability(
            told["reliability"],
            name="reliability",
            told=f"Reliability diagram; the expected calibration error is {number(told['ece'])}.",
        )
    return {name: Markup(chart) for name, chart in drawn.items()}  # noqa: S704 - made by us, escaped
