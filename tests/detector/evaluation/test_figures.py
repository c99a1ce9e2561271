"""The figures of a delivery, whole and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detector.evaluation.figures import against_clean, figures, headline
from detector.evaluation.judged import Judged
from tests.detector.evaluation.judgements import judged

LABELS = [False, False, False, True, True, True]


def seen(probability: list[float]) -> Judged:
    return judged(LABELS, probability)


def test_figures_tell_both_errors_the_worst_cells_and_the_ranking() -> None:
    told = figures(seen([0.9, 0.1, 0.5, 0.95, 0.2, 0.7]), prior=0.5, rng=np.random.default_rng(0))
    assert told["pictures"] == {"human": 3, "ai": 3}
    assert told["errors"]["human_called_synthetic"]["count"] == 1
    assert told["errors"]["ai_called_genuine"]["count"] == 1
    assert told["errors"]["uncertain"] == told["errors"]["uncertain"] | {"count": 1, "total": 6}
    assert told["auc"]["value"] == pytest.approx(6 / 9, abs=1e-4)
    assert told["caught"][0]["rate"] is None
    assert sum(told["histogram"]["human"]) == 3


def test_a_delivery_is_compared_with_the_same_pictures() -> None:
    clean, delivered = seen([0.1, 0.1, 0.5, 0.9, 0.9, 0.9]), seen([0.7, 0.1, 0.5, 0.9, 0.2, 0.9])
    told = against_clean(clean, delivered)
    assert told["verdicts_moved"]["count"] == 2
    assert told["human_turned_synthetic"] == told["human_turned_synthetic"] | {"count": 1, "total": 3}
    assert told["ai_turned_genuine"] == told["ai_turned_genuine"] | {"count": 1, "total": 3}
    assert told["shift"]["median"] == 0.0
    with pytest.raises(ValueError, match="same pictures"):
        against_clean(clean.where(clean.labels), delivered)


def test_the_headline_is_the_worst_domain_of_all_tiers_and_the_worst_source_of_the_first() -> None:
    domains = ["anime"] * 40 + ["photo"] * 40
    humans = [False] * 80
    clean = judged(humans, [0.9] * 2 + [0.1] * 78, domains=domains, groups=domains)
    web = judged(humans, [0.1] * 40 + [0.9] * 5 + [0.1] * 35, domains=domains, groups=domains)
    told = headline({"clean": clean, "web": web})
    domain, source = told["human"]["domain"], told["human"]["source"]
    assert (domain["name"], domain["tier"], domain["error"]["count"]) == ("photo", "web", 5)
    assert (source["name"], source["tier"], source["error"]["count"]) == ("anime", "clean", 2)
    assert told["ai"] == {"domain": None, "source": None}
