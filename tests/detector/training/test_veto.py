"""A veto is tuned on a small real network, written, and read back as the same veto."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save_file

from detector.embedding import EmbeddingSpec, View
from detector.embedding.backbone import build, last_stage
from detector.logistic import sigmoid
from detector.reasons import Fault, Reason
from detector.training.recipe import Recipe
from detector.training.veto import VetoTraining, _class_token, deepest
from detector.veto import HEAD, load_veto
from tests.pictures import painting

NETWORK = "test_vit.r160_in1k"
SPEC = EmbeddingSpec(backbone=NETWORK, blocks=(2,), last=False)
RECIPE = Recipe(veto_epochs=15, veto_rate=1e-3)
PICTURES = [(painting(96, 96, seed) // 2 + 100 * (seed % 2)).astype(np.uint8) for seed in range(40)]
LABELS = np.arange(40) % 2 == 1
EVEN = np.arange(0, 40)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(11)
    path = tmp_path_factory.mktemp("weights") / "network.safetensors"
    save_file(build(NETWORK).state_dict(), path)
    return path


@pytest.fixture(scope="module")
def training(weights: Path) -> VetoTraining:
    made = VetoTraining(SPEC, weights, RECIPE)
    made.look_at(PICTURES)
    return made


def test_tuning_learns_what_parts_the_labels(training: VetoTraining) -> None:
    half, rest = np.arange(20), np.arange(20, 40)
    scores = training.scores(training.tune(half, LABELS), rest)
    assert scores[LABELS[rest]].min() > scores[~LABELS[rest]].max()


def test_tuning_changes_the_last_stage_alone_and_leaves_the_network_as_it_was(training: VetoTraining) -> None:
    before = training.scores(training.tune(EVEN, LABELS), EVEN)
    tuned = training.tune(EVEN, LABELS)
    assert {name.split(".")[1] for name in tuned.stage} == {"1"}
    assert np.array_equal(before, training.scores(tuned, EVEN))


def test_the_first_token_alone_is_what_the_whole_block_makes_of_it() -> None:
    block: Any = build(NETWORK).blocks[1]  # type: ignore[index]  # a network's parts have no types
    tokens = torch.randn(3, 17, block.norm1.normalized_shape[0])
    torch.testing.assert_close(_class_token(block, tokens), block(tokens)[:, 0])


def test_a_veto_reads_back_as_it_was_written(training: VetoTraining, weights: Path, tmp_path: Path) -> None:
    tuned = training.tune(EVEN, LABELS)
    part = tmp_path / "veto.safetensors"
    part.write_bytes(tuned.part())
    veto = load_veto(part, {"embedding": SPEC.id, "threshold": 0.5}, weights)
    expected = sigmoid(training.scores(tuned, EVEN))
    found = np.array([veto.probability(picture) for picture in PICTURES])
    assert np.abs(found - expected).max() < 0.05, "bfloat16 rounds, and no more"
    assert veto.threshold == 0.5


def test_a_part_that_is_cut_or_anothers_is_a_fault(
    training: VetoTraining, weights: Path, tmp_path: Path
) -> None:
    whole = training.tune(EVEN, LABELS).part()
    part = tmp_path / "veto.safetensors"
    entry = {"embedding": SPEC.id, "threshold": 0.5}
    tensors = load(whole)
    headless = {name: value for name, value in tensors.items() if name != HEAD}
    save_file(headless, tmp_path / "headless")
    strange = {f"elsewhere.{name}" if name.startswith("blocks") else name: v for name, v in tensors.items()}
    save_file(strange, tmp_path / "strange")
    for broken in (whole[:-9], (tmp_path / "headless").read_bytes(), (tmp_path / "strange").read_bytes()):
        part.write_bytes(broken)
        with pytest.raises(Fault) as refused:
            load_veto(part, entry, weights)
        assert refused.value.reason is Reason.BUNDLE_INVALID


def test_the_veto_that_goes_with_an_embedding_is_tuned_at_its_deepest_block() -> None:
    middle = EmbeddingSpec(backbone=NETWORK, blocks=(1, 3), last=False, views=(View.WHOLE, View.CROP))
    assert deepest(middle).id == f"{NETWORK}/3/whole"
    depth = len(build(NETWORK).blocks)  # type: ignore[arg-type]  # a network's parts have no types
    assert deepest(EmbeddingSpec.parse(NETWORK)).id == f"{NETWORK}/{depth}/whole"


def test_a_convolutional_network_is_tuned_at_its_last_layer() -> None:
    assert (
        deepest(EmbeddingSpec.parse("test_efficientnet.r160_in1k")).id
        == "test_efficientnet.r160_in1k/last/whole"
    )


@pytest.mark.parametrize("network", ["test_efficientnet", "test_convnext", "test_resnet"])
def test_any_backbone_is_tuned_from_its_last_stage_on(network: str, tmp_path: Path) -> None:
    torch.manual_seed(5)
    weights = tmp_path / "network.safetensors"
    save_file(build(network).state_dict(), weights)
    spec = deepest(EmbeddingSpec.parse(network))
    training = VetoTraining(spec, weights, Recipe(veto_epochs=5, veto_rate=1e-3), device="cpu")
    training.look_at(PICTURES[:16])
    places = np.arange(16)
    untouched = training.scores(training.tune(places[:0], LABELS), places)
    tuned = training.tune(places, LABELS)
    _, stage = last_stage(build(network))
    behind = {name for name in tuned.stage if not name.startswith(("blocks.", "stages.", "layer"))}
    assert len(tuned.stage) - len(behind) == len(list(stage.parameters()))
    assert len({name.rsplit(".", name.count(".") - 1)[0] for name in tuned.stage if name not in behind}) == 1
    scores = training.scores(tuned, places)
    before, after = (found[LABELS[:16]].mean() - found[~LABELS[:16]].mean() for found in (untouched, scores))
    assert after > before + 0.01, "it learns"
    part = tmp_path / "veto.safetensors"
    part.write_bytes(tuned.part())
    veto = load_veto(part, {"embedding": spec.id, "threshold": 0.5}, weights)
    found = np.array([veto.probability(picture) for picture in PICTURES[:16]])
    assert np.abs(found - sigmoid(scores)).max() < 0.05, "bfloat16 rounds, and no more"


def test_a_network_without_stages_is_refused_in_words() -> None:
    with pytest.raises(Fault, match="take another one"):
        last_stage(torch.nn.Linear(2, 2))


def test_a_gpu_that_is_not_there_is_told(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Fault, match="--device cpu"):
        VetoTraining(SPEC, weights, RECIPE, device="cuda")


def test_a_veto_on_several_views_or_depths_is_refused(weights: Path) -> None:
    with pytest.raises(ValueError, match="one depth"):
        VetoTraining(EmbeddingSpec.parse(f"{NETWORK}/1-2/whole"), weights, RECIPE)
