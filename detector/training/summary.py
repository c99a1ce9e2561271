"""A bundle's figures in words, for whoever trained it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detector.policy import Policy
from detector.training.band import ACCUSATION, CAPACITY, CLEARANCE

_ROWS = {
    "human_called_synthetic": "human pictures called SYNTHETIC",
    "human_called_synthetic_without_veto": "the same without the veto",
    "ai_called_genuine": "generated pictures called GENUINE",
    "ai_called_synthetic": "generated pictures called SYNTHETIC",
    "uncertain": "left to people",
}


_BEFORE = "human_called_synthetic_without_veto"
_PLAIN = ("human_called_synthetic", "ai_called_genuine")
_DEMANDS = {
    ACCUSATION: "upper bound of human pictures called SYNTHETIC",
    CLEARANCE: "upper bound of generated pictures called GENUINE",
    CAPACITY: "share of uploads left to people",
}


def summary_of(metrics: Mapping[str, Any], policy: Policy) -> str:
    """Lines with each figure, its 95 % interval and its counts, by domain.

    Args:
        metrics: as ``fit`` gives them and a bundle's manifest holds them.
        policy: of the bundle.
    """
    lines = [f"AUC {_area(metrics['auc'])}"]
    for name, title in _ROWS.items():
        if name == _BEFORE and metrics[name] == metrics["human_called_synthetic"]:
            continue  # no veto, or one that changed nothing
        lines.append(f"{title}:")
        lines += [f"  {domain:<14}{_share(share)}" for domain, share in metrics[name].items()]
    lines.append("largest probability of a human picture, before the veto:")
    lines += [f"  {domain:<14}{_margin(near)}" for domain, near in metrics["largest_human"].items()]
    return "\n".join([*lines, *_gap(metrics["plain"]), *_decision(metrics["decision"], policy)])


def _gap(plain: Mapping[str, Any]) -> list[str]:
    """What folds that split groups would have claimed."""
    lines = ["folds that split groups would have claimed, without the veto:"]
    lines.append(f"  AUC {_area(plain['auc'])}")
    return lines + [f"  {_ROWS[name]:<36}{_share(plain[name])}" for name in _PLAIN]


def _decision(decision: Mapping[str, Any], policy: Policy) -> list[str]:
    thresholds = policy.thresholds
    lines = [
        f"{decision['thresholds']} thresholds: GENUINE below {thresholds.genuine_below:.4f},"
        f" SYNTHETIC from {thresholds.synthetic_from:.4f}, where {policy.prior:.0%} of uploads are generated"
    ]
    if decision["thresholds"] == "solved":
        lines.append(
            f"  cost of an upload {decision['cost_an_upload']:.3f},"
            f" {100 * decision['reviewed']:.1f} % of uploads left to people"
        )
    return lines + [
        f"  gave way: {_DEMANDS[each['demand']]}: {100 * each['asked']:.2f} % were asked,"
        f" {100 * each['got']:.2f} % is the best that these pictures allow"
        for each in decision.get("gave_way", ())
    ]


def _area(area: Mapping[str, float]) -> str:
    return f"{area['value']:.3f} ({area['low']:.3f} to {area['high']:.3f})"


def _margin(near: Mapping[str, float]) -> str:
    side = "below" if near["margin"] > 0 else "beyond"
    return f"{near['probability']:.3f}, {abs(near['margin']):.3f} {side} the SYNTHETIC threshold"


def _share(share: Mapping[str, float]) -> str:
    return (
        f"{100 * share['rate']:5.1f} %  ({100 * share['low']:.1f} to {100 * share['high']:.1f})"
        f"  {share['count']} of {share['total']}"
    )
