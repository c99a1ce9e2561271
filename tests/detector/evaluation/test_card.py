"""The model card says what the manifest says, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from detector import STARTER
from detector.bundle import read_bundle, write_bundle
from detector.evaluation.card import card
from detector.evaluation.metrics import Share
from detector.policy import Label
from detector.warranty import FEW
from tests.bundles import contents, make_vouched_bundle, vouched_contents

HEADINGS = [
    "Intended use",
    "Out of scope",
    "How it judges",
    "Data",
    "How good it is",
    "Error rates that go with its verdicts",
    "Limits",
    "Runtimes",
    "Making it again",
]


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> str:
    return card(read_bundle(make_vouched_bundle(tmp_path_factory.mktemp("bundle"))))


def test_it_has_every_section_in_order(vouched: str) -> None:
    assert re.findall(r"^## (.+)$", vouched, re.MULTILINE) == HEADINGS


def test_it_names_the_bundle_its_recipe_and_its_runtimes(vouched: str) -> None:
    for part in (
        "# Model card: tiny-0",
        "lightgbm 0.4, svm 0.5, random forest 0.1",
        "- GENUINE: below 0.35",
        "- veto: none: SYNTHETIC rests on the scores alone",
        "numpy in float64",
        "computed again: 0.01",
        "- remembered: 40 pictures",
    ):
        assert part in vouched
    assert all(label in vouched for label in Label)


def test_its_worst_cell_stands_before_the_table(vouched: str) -> None:
    worst = "Worst cell, human called SYNTHETIC: photo, clean, 20.0 % (13.3 to 28.9) of 100."
    assert vouched.index(worst) < vouched.index("| domain | delivery |")


def test_every_figure_of_the_starter_stands_in_its_card_and_every_backbone_is_named() -> None:
    bundle = read_bundle(STARTER)
    text = card(bundle)
    for measure in ("human_called_synthetic", "ai_called_genuine", "uncertain"):
        for share in bundle.manifest["metrics"][measure].values():
            star = r"\*" if share["total"] < FEW else " |"
            assert f"{100 * share['rate']:.1f} % ({100 * share['low']:.1f} to" in text
            assert f"of {share['total']}{star}" in text
    assert all(f"weights of {name}: `{sha256}`" in text for name, sha256 in bundle.weights.items())


def test_the_starters_card_tells_of_its_thresholds_its_corpus_and_its_nearest_people() -> None:
    text = card(read_bundle(STARTER))
    for part in (
        "Solved for at most 1 % of people's pictures called SYNTHETIC and at most 2 % of generated ones"
        " called GENUINE (upper 95 % bounds by pictures), the least cost.",
        "### What folds that split groups would have claimed",
        "| size | 0.",
        "0.908, 0.010 beyond the threshold |",
        "- accepted shortcuts: none",
        "- domains: anime 304, clipart 62",
    ):
        assert part in text
    assert "None" not in text


def test_thresholds_that_were_given_are_said_to_be(tmp_path: Path) -> None:
    metrics = {"decision": {"thresholds": "fixed", "weights": "fixed"}, "recipe": {"svm_cost": 3.0}}
    write_bundle(tmp_path, replace(contents(), metrics=metrics))
    text = card(read_bundle(tmp_path))
    assert "They were given, not solved." in text
    assert "### Settings of the fit\n\n- svm cost: 3.0" in text


def test_a_demand_that_gave_way_is_told(tmp_path: Path) -> None:
    demands = {
        "max_false_accusation": 0.01,
        "max_false_clearance": None,
        "review_share": 0.3,
        "bound": "groups",
    }
    decision = {
        "demands": demands | {"costs": {"accusation": 100.0, "clearance": 10.0, "review": 1.0}},
        "cost_an_upload": 0.5,
        "reviewed": 0.42,
        "gave_way": [{"demand": "capacity", "asked": 0.3, "got": 0.42}],
    }
    write_bundle(tmp_path, replace(contents(), metrics={"decision": decision}))
    text = card(read_bundle(tmp_path))
    assert "(upper 95 % bounds by groups), at most 30 % of uploads left to people, the least cost." in text
    assert "Gave way: capacity, 30.00 % asked for, 42.00 % the best that the pictures allow." in text


def test_every_row_of_a_table_has_its_columns_whatever_a_domain_is_called(tmp_path: Path) -> None:
    share = Share(count=1, total=40).as_json()
    metrics = {"uncertain": {"all": share, "a|b\nc": share}}
    write_bundle(tmp_path, replace(vouched_contents(), metrics=metrics))
    text = card(read_bundle(tmp_path))
    assert "| a\\|b c | 2.5 %" in text
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_a_bundle_that_states_nothing_says_so(tmp_path: Path) -> None:
    write_bundle(tmp_path, replace(contents(), metrics={}, data={}))
    text = card(read_bundle(tmp_path))
    assert "The bundle states no figures." in text
    assert "The bundle states none." in text
    assert "checked with: not stated" in text
