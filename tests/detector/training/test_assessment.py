"""The figures of a bundle, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detector.policy import Policy, Thresholds
from detector.training.assessment import Tried, assess
from detector.training.band import CAPACITY
from detector.training.summary import summary_of

TRIED = Tried(
    labels=np.array([False, False, False, True, True, True]),
    groups=np.arange(6),
    domains=["anime", "anime", "photo", "anime", "photo", "photo"],
    probability=np.array([0.9, 0.7, 0.1, 0.95, 0.2, 0.65]),
    veto=np.array([0.2, 0.8, 0.1, 0.9, 0.1, 0.4]),
    objects_below=np.full(6, 0.5),
    genuine_below=np.full(6, 0.35),
    synthetic_from=np.array([0.65, 0.65, 0.65, 0.65, 0.65, 0.6]),
)


def figures(tried: Tried = TRIED) -> dict[str, dict[str, dict[str, float]]]:
    return assess(tried, np.random.default_rng(0))


def counts(name: str, domain: str, tried: Tried = TRIED) -> tuple[float, float]:
    found = figures(tried)[name][domain]
    return found["count"], found["total"]


def test_errors_are_counted_by_domain() -> None:
    assert counts("human_called_synthetic_without_veto", "anime") == (2, 2)
    assert counts("human_called_synthetic", "anime") == (1, 2)
    assert counts("human_called_synthetic", "all") == (1, 3)
    assert counts("ai_called_genuine", "photo") == (1, 2)
    assert counts("ai_called_synthetic", "all") == (1, 3)
    assert counts("uncertain", "all") == (2, 6)


def test_a_veto_that_was_not_asked_lets_pass() -> None:
    unasked = replace(TRIED, veto=np.full(6, np.nan))
    assert counts("human_called_synthetic", "all", unasked) == (2, 3)


def test_the_margin_of_people_is_told_by_domain() -> None:
    nearest = figures()["largest_human"]
    assert nearest["all"] == {"probability": 0.9, "margin": -0.25}
    assert nearest["photo"] == {"probability": 0.1, "margin": 0.55}


def test_the_summary_names_every_figure() -> None:
    found = figures()
    plain = {"auc": found["auc"]} | {
        name: found[name]["all"] for name in ("human_called_synthetic", "ai_called_genuine")
    }
    gave_way = {"demand": CAPACITY, "asked": 0.1, "got": 0.34}
    decision = {
        "thresholds": "solved",
        "weights": "fixed",
        "cost_an_upload": 1.25,
        "reviewed": 0.34,
        "gave_way": [gave_way],
    }
    policy = Policy(thresholds=Thresholds(genuine_below=0.35, synthetic_from=0.65), prior=0.2)
    text = summary_of({**found, "plain": plain, "decision": decision}, policy)
    for words in (
        "AUC 0.556",
        "human pictures called SYNTHETIC",
        "1 of 3",
        "0.900, 0.250 beyond the SYNTHETIC threshold",
        "folds that split groups",
        "SYNTHETIC from 0.6500, where 20% of uploads are generated",
        "share of uploads left to people: 10.00 % were asked, 34.00 %",
    ):
        assert words in text
