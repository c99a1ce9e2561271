"""Figures of a report as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DASH = "\N{EN DASH}"


def percent(rate: float | None) -> str:
    """``4.2 %``; a dash where there is no rate."""
    return DASH if rate is None else f"{100 * rate:.1f}\N{NO-BREAK SPACE}%"


def interval(share: Mapping[str, Any]) -> str:
    """``1.1 to 9.3 %``; empty where there is none."""
    if share["low"] is None or share["high"] is None:
        return ""
    return f"{100 * share['low']:.1f} to {100 * share['high']:.1f}\N{NO-BREAK SPACE}%"


def number(value: float | None, digits: int = 3) -> str:
    """A plain number, never below nought where it rounds to it; a dash where there is none."""
    return DASH if value is None else f"{value:z.{digits}f}"


def spread(estimate: Mapping[str, Any], digits: int = 3) -> str:
    """``0.870 (0.812 to 0.915)``."""
    if estimate["value"] is None:
        return DASH
    told = number(estimate["value"], digits)
    if estimate["low"] is None:
        return told
    return f"{told} ({number(estimate['low'], digits)} to {number(estimate['high'], digits)})"


def reach(numbers: Sequence[float], digits: int = 3) -> str:
    """``0.350``, or ``0.058 to 0.071`` where it differs."""
    least, most = number(min(numbers), digits), number(max(numbers), digits)
    return least if least == most else f"{least} to {most}"


def cell_name(cell: Mapping[str, Any]) -> str:
    """``anime, delivered web``: what the pictures of a cell have in common."""
    tier = cell.get("tier", "clean")
    return cell["name"] if tier == "clean" else f"{cell['name']}, delivered {tier}"
