"""The second model: a backbone whose last stage was tuned on drawn pictures, with a head of its own.

It is asked only about pictures that the scores call SYNTHETIC, and all it can do is to disagree (see
``detector.policy.soften``). Of the backbone only the tuned stage travels in the bundle; the frozen part comes
from the same weights file that embeddings use.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from detector.embedding import backbone
from detector.embedding.embedder import Embedder, TorchEmbedder, best_precision, device_here
from detector.embedding.spec import EmbeddingSpec
from detector.embedding.views import Pixels
from detector.logistic import sigmoid
from detector.reasons import Fault, Reason

HEAD = "veto.weight"
"""Name of the head's weights in the part, (length of the embedding,)."""
OFFSET = "veto.bias"
"""Name of the head's offset in the part, (1,)."""


class Veto:
    """A tuned embedding and a logistic head.

    Args:
        embedder: of the tuned network.
        weight: (length,) of the head.
        offset: of the head.
        threshold: below this probability it objects.
    """

    def __init__(
        self, embedder: Embedder, weight: npt.NDArray[np.float64], offset: float, threshold: float
    ) -> None:
        if weight.shape != (embedder.length,):
            raise Fault(
                Reason.BUNDLE_INVALID, "the veto's head does not fit its embedding; train the bundle again"
            )
        self._embedder = embedder
        self._weight = weight
        self._offset = offset
        self.threshold = threshold

    def probability(self, rgb: Pixels) -> float:
        """The veto's own probability that a picture, uint8 (H, W, 3), is synthetic."""
        score = self._embedder.embed(rgb).astype(np.float64) @ self._weight + self._offset
        return float(sigmoid(np.array(score)))


def load_veto(
    part: Path,
    entry: Mapping[str, Any],
    weights: Path,
    *,
    precision: str | None = None,
    device: str | None = None,
) -> Veto:
    """The veto of a bundle.

    Args:
        part: the bundle's file of tuned weights and head.
        entry: the manifest's: ``embedding`` (id), ``threshold``.
        weights: safetensors of the backbone; the caller has checked its hash.
        precision: ``float32`` or ``bfloat16``; by default what is fastest here without another answer.
        device: ``cpu`` or ``cuda``; by default the faster one of those that are here.

    Raises:
        Fault: the part, or the weights, are not what they should be.
    """
    try:
        tensors = load(part.read_bytes())
        spec = EmbeddingSpec.parse(str(entry["embedding"]))
        weight, offset = tensors.pop(HEAD), tensors.pop(OFFSET)
        threshold = float(entry["threshold"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise Fault(Reason.BUNDLE_INVALID, "the veto can't be read; copy the bundle again") from error
    return Veto(
        _tuned_embedder(spec, weights, tensors, precision, device or device_here()),
        weight.double().numpy(),
        float(offset.double()),
        threshold,
    )


def _tuned_embedder(
    spec: EmbeddingSpec, weights: Path, tuned: Mapping[str, Tensor], precision: str | None, device: str
) -> TorchEmbedder:
    network = backbone.load(spec.backbone, weights)
    backbone.overlay(network, tuned)
    if not spec.last:
        backbone.prune(network, spec.depths)
    return TorchEmbedder(spec, network, device=device, precision=precision or best_precision(device))
