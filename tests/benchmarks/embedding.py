"""Stage `embedding`: the detector's embedder beside float32 torch, each on one thread.

The starter's backbone has its own weights, so that its cosine means something; ConvNeXt-Tiny has random ones,
which serve for the time.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from detector import STARTER, WEIGHTS
from detector.backbones import weights_file
from detector.bundle import read_bundle
from detector.embedding import EmbeddingSpec, load_embedder
from detector.embedding.backbone import build
from detector.embedding.embedder import Embedding
from tests.benchmarks.report import Figures
from tests.benchmarks.stopwatch import median_milliseconds
from tests.pictures import Pixels, painting

PRODUCTION = EmbeddingSpec(backbone="convnext_tiny.fb_in22k")
_TINY = EmbeddingSpec(backbone="test_vit.r160_in1k", blocks=(1,), last=False)


def measure(*, smoke: bool) -> Figures:
    """Milliseconds a picture, by network; ``embedding`` is the starter's."""
    torch.set_num_threads(1)
    pictures = [painting(480, 640, seed) for seed in range(1 if smoke else 5)]
    with tempfile.TemporaryDirectory() as folder:
        if smoke:
            return _compare("embedding", _TINY, drawn(_TINY, Path(folder))[1], pictures)
        starter = read_bundle(STARTER)
        spec = EmbeddingSpec.parse(starter.schema.embedding)
        weights = weights_file(WEIGHTS, spec.backbone, starter.weights[spec.backbone])
        figures = _compare("embedding", spec, weights, pictures)
        return figures | _compare("convnext", PRODUCTION, drawn(PRODUCTION, Path(folder))[1], pictures)


def drawn(spec: EmbeddingSpec, folder: Path) -> tuple[str, Path]:
    """Random weights, written to a file that is named as fetched ones are: its sha256 and path."""
    torch.manual_seed(7)
    parts = build(spec.backbone).state_dict()
    content = save({name: value.contiguous() for name, value in parts.items()})
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / f"{sha256}.safetensors"
    path.write_bytes(content)
    return sha256, path


def _compare(name: str, spec: EmbeddingSpec, weights: Path, pictures: list[Pixels]) -> Figures:
    plain = load_embedder(spec, weights, precision="float32")
    fast = load_embedder(spec, weights)
    rounds = 3 if len(pictures) > 1 else 1
    before = median_milliseconds(plain.embed, pictures, rounds)
    after = median_milliseconds(fast.embed, pictures, rounds)
    return {
        f"{name}_plain_ms": before,
        f"{name}_ms": after,
        f"{name}_speedup": before / after,
        f"{name}_cosine_min": min(_cosine(plain.embed(rgb), fast.embed(rgb)) for rgb in pictures),
    }


def _cosine(one: Embedding, other: Embedding) -> float:
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))
