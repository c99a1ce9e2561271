"""What a bundle on trial would change, as one page of HTML that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from worker.reports.words import interval, number, percent

_TEMPLATE = "rollout.html"


def render(report: Mapping[str, Any]) -> str:
    """The page of a comparison in plain values, as ``artgate rollout compare`` writes them.

    Pictures are named, not shown: a file that is passed on would show people's work to anyone.
    """
    environment = Environment(
        loader=PackageLoader("worker.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"interval": interval, "number": number, "percent": percent}
    return environment.get_template(_TEMPLATE).render(report=report)
