"""A recipe is refitted whole, and nothing in it has seen the groups of the pictures that it judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from safetensors.torch import save_file

from detector.embedding import EmbeddingSpec
from detector.embedding.backbone import build
from detector.embedding.views import Pixels
from detector.policy import Thresholds
from detector.training.crossvalidation import judge_out_of_fold
from detector.training.delivered import Delivered
from detector.training.demands import Demands
from detector.training.examples import Examples
from detector.training.folds import Numbers, group_folds
from detector.training.recipe import Recipe
from detector.training.refitting import Second, judge_delivered
from detector.training.veto import VetoTraining
from tests.pictures import painting

NETWORK = "test_vit.r160_in1k"
QUICK = Recipe(lightgbm_trees=10, lightgbm_columns=1, forest_trees=10, veto_epochs=15, veto_rate=1e-3)
LABELS = np.arange(40) % 2 == 1
PICTURES = [(painting(96, 96, seed) // 2 + 100 * (seed % 2)).astype(np.uint8) for seed in range(40)]
"""Generated ones are bright."""


def examples(*, shift: float) -> Examples:
    """Twenty groups of two; the labels are parted by so many spreads."""
    rows = np.random.default_rng(3).normal(size=(40, 6)) + shift * LABELS[:, None]
    groups = np.arange(40) // 4 * 2 + LABELS
    return Examples(rows=rows.astype(np.float32), labels=LABELS, groups=groups, handcrafted=6)


def silent(_: str) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def veto(tmp_path_factory: pytest.TempPathFactory) -> VetoTraining:
    torch.manual_seed(11)
    path = tmp_path_factory.mktemp("weights") / "network.safetensors"
    save_file(build(NETWORK).state_dict(), path)
    made = VetoTraining(EmbeddingSpec(backbone=NETWORK, blocks=(2,), last=False), path, QUICK, device="cpu")
    made.look_at(PICTURES)
    return made


def test_pictures_that_came_unchanged_are_judged_as_they_were() -> None:
    known = examples(shift=2)
    folds = group_folds(known.labels, known.groups, seed=0)
    some = np.arange(7, 33)
    unchanged = Delivered(places=some, rows=known.rows[some])
    ruled = judge_delivered(known, QUICK, folds, {"x": unchanged}, second=None, tell=silent).deliveries["x"]
    assert_array_equal(ruled.probability, judge_out_of_fold(known, QUICK, folds, silent).probability[some])
    assert not ruled.objected.any()


def test_each_picture_is_under_the_thresholds_that_were_solved_without_its_group() -> None:
    known = examples(shift=2)
    folds = group_folds(known.labels, known.groups, seed=0)
    asked = Demands(max_false_accusation=0.3, max_false_clearance=0.3)
    everything = Delivered(places=np.arange(40), rows=known.rows)
    recipe = replace(QUICK, demands=asked)
    found = judge_delivered(known, recipe, folds, {"clean": everything}, second=None, tell=silent)
    assert len({ruling.thresholds for _, ruling in found.decided.by_fold}) > 1, "they differ by fold"
    for fold, ruling in found.decided.by_fold:
        assert set(found.deliveries["clean"].synthetic_from[fold.test]) == {ruling.thresholds.synthetic_from}
        assert set(found.deliveries["clean"].genuine_below[fold.test]) == {ruling.thresholds.genuine_below}


def test_a_veto_tuned_without_the_picture_is_asked_about_what_is_accused_as_it_came(
    veto: VetoTraining,
) -> None:
    known = examples(shift=0)
    folds = group_folds(known.labels, known.groups, seed=0)
    accusing = replace(QUICK, thresholds=Thresholds(genuine_below=0.0, synthetic_from=0.5))
    shown: list[int] = []

    def pixels_of(name: str, places: Numbers) -> Iterator[Pixels]:
        assert name in {"clean", "inverted"}
        for place in places:
            shown.append(int(place))
            yield PICTURES[place] if name == "clean" else 255 - PICTURES[place]

    ways = {
        "clean": Delivered(places=np.arange(40), rows=known.rows),
        "inverted": Delivered(places=np.arange(0, 40, 2), rows=known.rows[::2]),
    }
    second = Second(veto=veto, drawn=np.ones(40, bool), pixels_of=pixels_of)
    found = judge_delivered(known, accusing, folds, ways, second=second, tell=silent).deliveries
    accused = {name: found[name].probability >= found[name].synthetic_from for name in ways}
    assert sorted(shown) == sorted(_accused(ways, accused))
    assert accused["clean"].any()
    people = accused["clean"] & ~LABELS
    assert_array_equal(found["clean"].objected, people, "dark pictures are people's")
    assert not found["inverted"].objected.any(), "people's pictures are bright when inverted"


def _accused(
    ways: dict[str, Delivered], accused: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]
) -> Iterable[int]:
    for name, part in ways.items():
        yield from part.places[accused[name]].tolist()
