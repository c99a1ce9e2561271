"""A verdict in the platform's words: one form for what it is told and for what it asks."""

from __future__ import annotations

from typing import Any

from db.queries.verdicts import StoredVerdict


def verdict_told(verdict: StoredVerdict) -> dict[str, Any]:
    """The members that a verdict has in a webhook's body and in an event's standing."""
    return {
        "image_id": str(verdict.image_id),
        "verdict": verdict.label.value,
        "probability": verdict.probability,
        "members": {
            "lightgbm": verdict.lightgbm,
            "svm": verdict.svm,
            "random_forest": verdict.random_forest,
        },
        "veto": {
            "applied": verdict.veto_applied,
            "probability": verdict.veto_probability,
            "overruled": verdict.overruled,
        },
        "thresholds": {
            "genuine_below": verdict.genuine_below,
            "synthetic_from": verdict.synthetic_from,
        },
        "bundle": verdict.bundle_id,
        "warranty": verdict.warranty,
    }
