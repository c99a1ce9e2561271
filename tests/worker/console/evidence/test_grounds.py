"""How the detector's word is put."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from db.models import VerdictLabel, VerdictOrigin
from db.queries.verdicts import StoredVerdict
from detector.explanation import Moved, MovedFeature
from worker.clock import new_id
from worker.console.evidence.grounds import bars_of, veto_words

UNCERTAIN, SYNTHETIC = VerdictLabel.UNCERTAIN, VerdictLabel.SYNTHETIC


def verdict(**given: Any) -> StoredVerdict:
    """A verdict of the middle, in which no veto was asked."""
    facts: dict[str, Any] = {
        **{name: new_id() for name in ("id", "image_id", "event_id", "features_id")},
        **dict.fromkeys(("raw", "probability", "lightgbm", "svm", "random_forest"), 0.5),
        "bundle_id": "b",
        "label": UNCERTAIN,
        "label_before_veto": UNCERTAIN,
        "veto_applied": False,
        "veto_probability": None,
        "genuine_below": 0.35,
        "synthetic_from": 0.65,
        "runtime": "numpy",
        "precision": "float64",
        "stage_ms": {},
        "origin": VerdictOrigin.SCAN,
        "reason": None,
        "created_at": datetime.now(UTC),  # noqa: TID251 - any time will do
    }
    return StoredVerdict(**(facts | given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "The veto was not asked: the scores say UNCERTAIN, and it speaks about SYNTHETIC alone."),
        (
            {"label_before_veto": SYNTHETIC, "veto_applied": True, "veto_probability": 0.25},
            "The scores said SYNTHETIC. The veto, which gives 0.250, objects: the verdict is UNCERTAIN.",
        ),
        (
            {
                "label": SYNTHETIC,
                "label_before_veto": SYNTHETIC,
                "veto_applied": True,
                "veto_probability": 0.9,
            },
            "The scores said SYNTHETIC. The veto, which gives 0.900, agrees.",
        ),
        (
            {"label_before_veto": SYNTHETIC, "reason": "veto_unavailable"},
            "The scores said SYNTHETIC. The veto could not be asked (veto_unavailable), and nobody is"
            " accused without it: the verdict is UNCERTAIN.",
        ),
        (
            {"label": SYNTHETIC, "label_before_veto": SYNTHETIC},
            "The scores say SYNTHETIC, and the bundle has no veto that could object.",
        ),
    ],
    ids=["not asked", "objects", "agrees", "unavailable", "none"],
)
def test_what_the_veto_did_is_said(given: dict[str, Any], words: str) -> None:
    assert veto_words(verdict(**given)) == words


def test_explaining_loads_no_network() -> None:
    """What the console holds in memory: an explanation needs the trees, and no backbone."""
    program = (
        "import lightgbm, sys, worker.console.app; sys.exit('torch' in sys.modules or 'timm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


def test_bars_have_their_share_of_the_strongest_and_what_is_nothing_is_left_out() -> None:
    feature = MovedFeature(
        name="mean_brightness", words="brightness", contribution=-2.0, unit="1", value=0.25, place=0.1
    )
    group = Moved(name="noise", words="level of the noise", contribution=0.5)
    nothing = Moved(name="shape", words="edges", contribution=0.001)
    strong, weak = bars_of([feature, group, nothing])
    assert (strong.share, weak.share) == (-1.0, 0.25)
    assert strong.detail == "mean_brightness 0.25, above 10 % of them"
    assert (weak.detail, weak.words) == (None, "level of the noise")
    assert bars_of([nothing]) == bars_of([]) == ()
