"""A report's figures in a few lines, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from worker.reports.words import cell_name, interval, percent, spread

_ROWS = {
    "human_called_synthetic": "human called SYNTHETIC",
    "human_called_synthetic_without_veto": "the same without the veto",
    "ai_called_genuine": "AI called GENUINE",
    "ai_called_synthetic": "AI called SYNTHETIC",
    "uncertain": "left to people",
}
_WORST = {
    ("human", "domain"): "worst domain, human called SYNTHETIC",
    ("human", "source"): "worst source, human called SYNTHETIC",
    ("ai", "domain"): "worst domain, AI called GENUINE",
    ("ai", "source"): "worst source or generator, AI called GENUINE",
}


def summary_of(report: Mapping[str, Any]) -> str:
    """The worst cells first, then the clean pictures' figures, then one line for each other delivery."""
    clean, *others = report["deliveries"]
    lines = [report["method"], *report["remarks"], ""]
    for (maker, kind), title in _WORST.items():
        cell = report["headline"][maker][kind]
        if cell is not None:
            hint = ", directional" if cell["directional"] else ""
            lines.append(f"{title}: {cell_name(cell)}: {_share(cell['error'])}{hint}")
    lines.append("")
    lines += [
        f"{title:<27}{_share(clean['figures']['errors'][name])}"
        for name, title in _ROWS.items()
        if report["vetoed"] or not name.endswith("without_veto")
    ]
    lines.append(f"AUC {spread(clean['figures']['auc'])}")
    for caught in clean["figures"]["caught"]:
        told = (
            caught["remark"] if caught["rate"] is None else f"{percent(caught['rate'])} ({interval(caught)})"
        )
        lines.append(f"AI caught at {percent(caught['accusations'])} false accusations: {told}")
    lines += [_line(delivery) for delivery in others]
    return "\n".join(lines)


def _line(delivery: Mapping[str, Any]) -> str:
    if delivery["figures"] is None:
        return f"{delivery['name']:<12}not measurable: no picture is large enough"
    errors, moved = delivery["figures"]["errors"], delivery["against_clean"]["verdicts_moved"]
    return (
        f"{delivery['name']:<12}{delivery['measured']} pictures: AUC {spread(delivery['figures']['auc'])},"
        f" human called SYNTHETIC {percent(errors['human_called_synthetic']['rate'])},"
        f" AI called GENUINE {percent(errors['ai_called_genuine']['rate'])},"
        f" verdicts moved {percent(moved['rate'])}"
    )


def _share(share: Mapping[str, Any]) -> str:
    return f"{percent(share['rate'])} ({interval(share)}), {share['count']} of {share['total']}"
