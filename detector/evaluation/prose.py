"""Figures of a manifest in words, for those who read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detector.warranty import FEW

_SHARE = frozenset({"count", "total", "rate", "low", "high"})
_RANGE = frozenset({"value", "low", "high"})
_SPELT = {"ai": "AI", "auc": "AUC", "genuine": "GENUINE", "synthetic": "SYNTHETIC"}


def is_share(value: object) -> bool:
    """Whether a figure is a share with its interval, as `detector.evaluation.metrics.Share` writes it."""
    return isinstance(value, Mapping) and value.keys() >= _SHARE and value["rate"] is not None


def share_text(share: Mapping[str, Any]) -> str:
    """Rate, 95 % interval and what it is a share of; a star where they are too few for a figure."""
    low, high = 100 * share["low"], 100 * share["high"]
    few = "*" if share["total"] < FEW else ""
    return f"{100 * share['rate']:.1f} % ({low:.1f} to {high:.1f}) of {share['total']}{few}"


def title_of(name: str) -> str:
    """A figure's name as a person writes it: ``ai_called_genuine`` is "AI called GENUINE"."""
    return " ".join(_SPELT.get(word, word) for word in name.replace("_", " ").split(" "))


def flat(entry: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """Nested figures as one list, with names such as ``uncertain photo``; shares and lists as text."""
    for name, value in entry.items():
        title = f"{before}{name}"
        if is_share(value):
            yield title, share_text(value)
        elif isinstance(value, Mapping) and value.keys() == _RANGE and None not in value.values():
            yield title, f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"
        elif isinstance(value, Mapping):
            yield from flat(value, f"{title} ")
        elif isinstance(value, (list, tuple)):
            yield title, ", ".join(map(str, value))
        else:
            yield title, value


def titled(entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The same with names as a person writes them."""
    return ((title_of(name), value) for name, value in flat(entry))
