"""What the benchmarks of whole scans have in common: their pictures, and bundles of random weights."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from detector.bundle import Contents, write_bundle
from detector.embedding import EmbeddingSpec, load_embedder
from detector.policy import Policy, Thresholds
from detector.training.presets import PRESETS
from detector.vector import VectorSchema
from tests.benchmarks.embedding import drawn
from tests.benchmarks.ensemble import CALIBRATION, Libraries
from tests.oracle.chain import extract_plainly
from tests.pictures import encode, painting

CHEAP = EmbeddingSpec.parse(PRESETS["cheap"].backbone)
"""The embedding of the preset for the most pictures a second."""
_SIDE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A bundle, where its weights lie, and the plain way to its scores; None where it isn't compared."""

    bundle: Path
    weights: dict[str, Any]
    plain: Callable[[bytes], object] | None


def picture_files(count: int) -> list[bytes]:
    """JPEG files of 0.3 to 1.5 megapixels, as uploads of a platform for art are after its own resizing."""
    sides = ((480, 640), (800, 800), (1024, 1024), (1024, 1536))
    return [
        encode(painting(*sides[number % len(sides)], seed=number), "JPEG", quality=90)
        for number in range(count)
    ]


def write_preset(folder: Path, spec: EmbeddingSpec, *, smoke: bool) -> Preset:
    """Write a bundle: hc148 and an embedding with random weights; a smoke run has hc148 alone."""
    embedder = None
    schema, backbones = VectorSchema(), {}
    if not smoke:
        sha256, weights = drawn(spec, folder)
        embedder = load_embedder(spec, weights, precision="float32")
        schema = VectorSchema(embedding=spec.id, embedding_length=embedder.length)
        backbones = {spec.backbone: sha256}
    theirs = Libraries.trained(schema.length, rows=60, trees=5) if smoke else Libraries.trained(schema.length)
    contents = Contents(
        name="benchmark",
        schema=schema,
        ensemble=theirs.ensemble(),
        calibration=CALIBRATION,
        policy=Policy(thresholds=Thresholds(genuine_below=0.35, synthetic_from=0.65), prior=0.5),
        backbones=backbones,
    )
    write_bundle(folder / "bundle", contents)

    def plain(data: bytes) -> object:
        rgb = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        small = np.asarray(Image.fromarray(rgb).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))
        parts = [np.nan_to_num(np.array(list(extract_plainly(small).values())))]
        if embedder is not None:
            parts.append(embedder.embed(rgb))
        return theirs.score(np.concatenate(parts).astype(np.float32)[None])

    return Preset(bundle=folder / "bundle", weights={"weights_dir": folder}, plain=plain)
