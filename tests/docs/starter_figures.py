"""Writes the starter's figures into README.md from its manifest: ``python -m tests.docs.starter_figures``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
MANIFEST = ROOT / "detector" / "starter" / "manifest.json"
_BEGIN, _END = "<!-- figures of the starter bundle -->", "<!-- end of the figures -->"

_TITLES = (
    "pictures",
    "human called `SYNTHETIC`",
    "without the veto",
    "AI called `GENUINE`",
    "AI called `SYNTHETIC`",
    "left to people",
)
_COLUMNS = (
    "human_called_synthetic",
    "human_called_synthetic_without_veto",
    "ai_called_genuine",
    "ai_called_synthetic",
    "uncertain",
)
_FEW = 30


def readme() -> str:
    """README.md with the figures as the manifest has them."""
    text = README.read_text()
    section = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    assert section.search(text), "README.md has a place for the figures"
    return section.sub(lambda _: f"{_BEGIN}\n{figures(json.loads(MANIFEST.read_text()))}\n{_END}", text)


def figures(manifest: Mapping[str, Any]) -> str:
    """Ranking and thresholds in words, and both errors by domain in a table."""
    metrics, data, policy = manifest["metrics"], manifest["data"], manifest["policy"]
    area, pictures, plain = metrics["auc"], data["pictures"], metrics["plain"]
    lead = (
        f"{pictures['human']} pictures by people and {pictures['ai']} by generators,"
        f" in {data['groups']} groups."
        f" AUC {area['value']:.3f} (95 % interval {area['low']:.3f} to {area['high']:.3f}); folds that split"
        f" groups would have claimed {plain['auc']['value']:.3f}."
        f" `GENUINE` below {policy['genuine_below']:.3f}, `SYNTHETIC` from {policy['synthetic_from']:.3f}."
    )
    domains = sorted({domain for column in _COLUMNS for domain in metrics[column]} - {"all"})
    rows = [_row(domain, metrics) for domain in ("all", *domains)]
    head = f"| {' | '.join(_TITLES)} |", f"|{' --- |' * len(_TITLES)}"
    return "\n".join([lead, "", *head, *rows])


def _row(domain: str, metrics: Mapping[str, Any]) -> str:
    return f"| {domain} | " + " | ".join(_cell(metrics[column].get(domain)) for column in _COLUMNS) + " |"


def _cell(share: Mapping[str, float] | None) -> str:
    """Rate, interval and counts; a share of few pictures is a hint and marked as one."""
    if share is None:
        return "\N{EN DASH}"
    rate, low, high = (f"{100 * share[name]:.1f}" for name in ("rate", "low", "high"))
    few = "*" if share["total"] < _FEW else ""
    return f"{rate} % ({low} to {high}), {share['count']} of {share['total']}{few}"


if __name__ == "__main__":
    README.write_text(readme())
