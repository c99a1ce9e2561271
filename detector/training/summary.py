"""A bundle's figures in words, for whoever trained it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ROWS = {
    "human_called_synthetic": "human pictures called SYNTHETIC",
    "human_called_synthetic_without_veto": "the same without the veto",
    "ai_called_genuine": "generated pictures called GENUINE",
    "ai_called_synthetic": "generated pictures called SYNTHETIC",
    "uncertain": "left to people",
}


def summary_of(metrics: Mapping[str, Any]) -> str:
    """Lines with each figure, its 95 % interval and its counts, by domain.

    Args:
        metrics: as ``assess`` gives them and a bundle's manifest holds them.
    """
    area = metrics["auc"]
    lines = [f"AUC {area['value']:.3f} ({area['low']:.3f} to {area['high']:.3f})"]
    for name, title in _ROWS.items():
        lines.append(f"{title}:")
        lines += [f"  {domain:<14}{_share(share)}" for domain, share in metrics[name].items()]
    return "\n".join(lines)


def _share(share: Mapping[str, float]) -> str:
    return (
        f"{100 * share['rate']:5.1f} %  ({100 * share['low']:.1f} to {100 * share['high']:.1f})"
        f"  {share['count']} of {share['total']}"
    )
