"""Charts as SVG that takes its colours from the page, so that they follow its light or dark scheme.

The same figures give the same bytes: ids are hashed with a fixed salt, and no date is written.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import ndtri

_INK, _FAINT, _HUMAN, _AI = "#010101", "#020202", "#030303", "#040404"
"""Stand for colours of the page, whose names follow."""
_VARIABLES = {_INK: "--ink", _FAINT: "--faint", _HUMAN: "--human", _AI: "--ai"}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "artgate",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _FAINT,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _FAINT,
    "grid.linewidth": 0.4,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
_SIZE = (4.2, 3.4)
"""Inches of 72 points; the page scales it."""
_RATES = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95)
"""Marks of the axes of a DET curve."""


def roc(points: Sequence[Sequence[float]], *, name: str, told: str) -> str:
    """Share of generated pictures caught over share of human ones accused."""

    def draw(axes: Axes) -> None:
        curve = np.array(points)
        axes.plot([0, 1], [0, 1], color=_FAINT, linestyle="--", linewidth=0.8)
        axes.step(curve[:, 0], curve[:, 1], where="post", color=_AI)
        axes.set(xlabel="human pictures accused", ylabel="AI pictures caught", xlim=(0, 1), ylim=(0, 1.01))

    return _chart(draw, name, told)


def det(points: Sequence[Sequence[float]], *, name: str, told: str) -> str:
    """Both errors on normal-deviate axes, where the few per cent that matter have room (Martin 1997)."""

    def draw(axes: Axes) -> None:
        curve = np.clip(np.array(points), 5e-4, 1 - 5e-4)
        axes.plot(ndtri(curve[:, 0]), ndtri(1 - curve[:, 1]), color=_AI)
        marks, words = ndtri(np.array(_RATES)), [f"{100 * rate:g} %" for rate in _RATES]
        axes.set_xticks(marks, words)
        axes.set_yticks(marks, words)
        axes.set(xlabel="human pictures accused", ylabel="AI pictures missed")
        axes.set(xlim=ndtri([7e-4, 0.96]), ylim=ndtri([7e-4, 0.96]))

    return _chart(draw, name, told)


def reliability(bins: Sequence[Mapping[str, Any]], *, name: str, told: str) -> str:
    """What came true over what was said; a dot's size is the share of pictures in its bin."""

    def draw(axes: Axes) -> None:
        full = [each for each in bins if each["mean"] is not None]
        axes.plot([0, 1], [0, 1], color=_FAINT, linestyle="--", linewidth=0.8)
        said, true = [each["mean"] for each in full], [each["generated"] for each in full]
        axes.plot(said, true, color=_AI, linewidth=0.8)
        axes.scatter(said, true, s=[15 + 300 * each["weight"] for each in full], color=_AI)
        axes.set(xlabel="probability said", ylabel="share that was AI", xlim=(0, 1), ylim=(-0.02, 1.02))

    return _chart(draw, name, told)


def histogram(
    counts: Mapping[str, Sequence[int]], thresholds: Sequence[float], *, name: str, told: str
) -> str:
    """Pictures of both makers by probability, people's upwards and generators' downwards."""

    def draw(axes: Axes) -> None:
        borders = np.linspace(0, 1, len(counts["human"]) + 1)
        width = borders[1]
        human, generated = np.array(counts["human"]), np.array(counts["ai"])
        axes.bar(borders[:-1], human, width, align="edge", color=_HUMAN, label="human")
        axes.bar(borders[:-1], -generated, width, align="edge", color=_AI, label="AI")
        for threshold in thresholds:
            axes.axvline(threshold, color=_INK, linestyle="--", linewidth=0.9)
        axes.axhline(0, color=_INK, linewidth=0.6)
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        axes.set(xlabel="probability of being AI", ylabel="pictures", xlim=(0, 1))
        axes.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.14))

    return _chart(draw, name, told)


def _chart(draw: Callable[[Axes], None], name: str, told: str) -> str:
    """The SVG element of a chart.

    Args:
        draw: onto the axes.
        name: unlike that of every other chart of the page.
        told: what it shows, for those who can't see it.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.subplots())
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.DOTALL)
    text = re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\1{name}-", text[text.index("<svg") :])
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    return re.sub(
        r'<svg[^>]*viewBox="([^"]*)"[^>]*>',
        lambda match: _opening(match.group(1), told),
        text,
        count=1,
        flags=re.DOTALL,
    )


def _opening(box: str, told: str) -> str:
    escaped = told.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg class="chart" role="img" viewBox="{box}" xmlns="http://www.w3.org/2000/svg"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink"><title>{escaped}</title>'
    )
