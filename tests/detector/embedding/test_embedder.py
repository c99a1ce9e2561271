"""Embeddings of small real networks with random weights: taps, views, precision and the faults of weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from safetensors.torch import save_file

from detector.embedding import EmbeddingSpec, View, load_embedder
from detector.embedding.backbone import build, input_of, load
from detector.embedding.embedder import device_here, device_of
from detector.embedding.views import squares
from detector.reasons import Fault, Reason
from tests.pictures import noise, painting

TRANSFORMER = "test_vit.r160_in1k"
CONVOLUTIONAL = "test_convnext.r160_in1k"


@pytest.fixture(scope="module")
def weights_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes a network's random weights, the same at each call."""
    folder = tmp_path_factory.mktemp("weights")

    def write(name: str) -> Path:
        path = folder / f"{name}.safetensors"
        if not path.exists():
            torch.manual_seed(7)
            save_file({part: value + 0.01 for part, value in build(name).state_dict().items()}, path)
        return path

    return write


@pytest.mark.parametrize("name", [TRANSFORMER, CONVOLUTIONAL])
def test_an_embedding_is_its_taps_in_order_view_by_view(name: str, weights_of: Callable[[str], Path]) -> None:
    rgb = painting(200, 240)

    def embed(taps: str, views: str) -> np.ndarray:
        spec = EmbeddingSpec.parse(f"{name}/{taps}/{views}")
        return load_embedder(spec, weights_of(name), precision="float32").embed(rgb)

    everything = embed("1-2-last", "whole+crop")
    parts = [embed(taps, views) for views in ("whole", "crop") for taps in ("1", "2", "last")]
    assert_allclose(everything, np.concatenate(parts), rtol=1e-4, atol=1e-5)


def test_a_mean_is_that_of_the_patches_after_a_block(weights_of: Callable[[str], Path]) -> None:
    rgb = painting(200, 240)

    def embed(taps: str) -> np.ndarray:
        spec = EmbeddingSpec.parse(f"{TRANSFORMER}/{taps}/whole")
        return load_embedder(spec, weights_of(TRANSFORMER), precision="float32").embed(rgb)

    together = embed("1-3-m2-m3-last")
    parts = [embed(taps) for taps in ("1", "3", "m2", "m3", "last")]
    assert_allclose(together, np.concatenate(parts), rtol=1e-4, atol=1e-5)
    assert not np.allclose(embed("3"), embed("m3"))
    network = load(TRANSFORMER, weights_of(TRANSFORMER))
    seen: list[torch.Tensor] = []
    network.get_submodule("blocks.1").register_forward_hook(lambda *call: seen.append(call[2]))
    side, interpolation, mean, std = input_of(network)
    shown = torch.from_numpy(squares(rgb, (View.WHOLE,), side, interpolation)).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        network((shown / 255 - mean) / std)
    assert_allclose(embed("m2"), seen[0][0, 1:].mean(dim=0).numpy(), rtol=1e-4, atol=1e-5)


def test_what_has_no_patches_has_no_mean_of_them(weights_of: Callable[[str], Path]) -> None:
    spec = EmbeddingSpec.parse(f"{CONVOLUTIONAL}/1-m2/whole")
    with pytest.raises(Fault, match="no patches") as refusal:
        load_embedder(spec, weights_of(CONVOLUTIONAL))
    assert refusal.value.reason is Reason.BUNDLE_INCOMPATIBLE


def test_the_same_picture_gives_the_same_numbers(weights_of: Callable[[str], Path]) -> None:
    spec = EmbeddingSpec.parse(f"{TRANSFORMER}/2/whole+crop")
    first, second = (load_embedder(spec, weights_of(TRANSFORMER)) for _ in range(2))
    rgb = noise(100, 70)
    assert_array_equal(first.embed(rgb), second.embed(rgb))
    assert first.length == first.embed(rgb).size


@pytest.mark.parametrize("name", [TRANSFORMER, CONVOLUTIONAL])
def test_half_precision_points_the_same_way(name: str, weights_of: Callable[[str], Path]) -> None:
    spec = EmbeddingSpec.parse(name)
    exact, quick = (
        load_embedder(spec, weights_of(name), precision=precision) for precision in ("float32", "bfloat16")
    )
    one, other = exact.embed(painting(180, 180)), quick.embed(painting(180, 180))
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.999


def test_weights_of_another_network_are_refused(weights_of: Callable[[str], Path]) -> None:
    with pytest.raises(Fault) as refused:
        load_embedder(EmbeddingSpec.parse(TRANSFORMER), weights_of(CONVOLUTIONAL))
    assert refused.value.reason is Reason.WEIGHTS_HASH_MISMATCH


def test_absent_weights_are_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="artgate weights fetch") as refused:
        load_embedder(EmbeddingSpec.parse(TRANSFORMER), tmp_path / "none.safetensors")
    assert refused.value.reason is Reason.WEIGHTS_MISSING


def test_a_network_that_timm_lacks_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault) as refused:
        load_embedder(EmbeddingSpec.parse("no_such_network.tag"), tmp_path / "none.safetensors")
    assert refused.value.reason is Reason.BUNDLE_INCOMPATIBLE


def test_a_recorded_runtime_is_taken_up_again_where_it_is_to_be_had(
    weights_of: Callable[[str], Path],
) -> None:
    spec = EmbeddingSpec.parse(f"{TRANSFORMER}/2/whole")
    here = load_embedder(spec, weights_of(TRANSFORMER))
    again = load_embedder(
        spec, weights_of(TRANSFORMER), precision=here.precision, device=device_of(here.runtime)
    )
    assert (again.runtime, again.precision) == (here.runtime, here.precision)
    assert device_of("torch-cpu") == "cpu"
    assert device_of(f"torch-{device_here()}") == device_here()


def test_a_runtime_that_this_machine_lacks_is_a_fault() -> None:
    with pytest.raises(Fault, match="torch-cpu") as refused:
        device_of("torch-abacus")
    assert refused.value.reason is Reason.RUNTIME_UNAVAILABLE
