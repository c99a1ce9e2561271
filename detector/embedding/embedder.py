"""From pixels to an embedding, on the processor or on a GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from detector.embedding import backbone
from detector.embedding.spec import EmbeddingSpec
from detector.embedding.views import Pixels, squares
from detector.reasons import Fault, Reason

Embedding: TypeAlias = npt.NDArray[np.float32]
"""(length,), views outer, depths inner."""


class Embedder(Protocol):
    """Turns pictures into embeddings of one spec."""

    @property
    def spec(self) -> EmbeddingSpec:
        """What its numbers mean."""

    @property
    def length(self) -> int:
        """Numbers of one embedding."""

    @property
    def runtime(self) -> str:
        """What computes: ``torch-cpu`` or ``torch-cuda``."""

    @property
    def precision(self) -> str:
        """In which numbers: ``float32`` or ``bfloat16``."""

    def embed(self, rgb: Pixels) -> Embedding:
        """The embedding of a picture, uint8 (H, W, 3), of any size."""


class TorchEmbedder:
    """An embedder on PyTorch, the runtime that always works."""

    def __init__(self, spec: EmbeddingSpec, network: nn.Module, *, device: str, precision: str) -> None:
        self.spec = spec
        self.runtime = f"torch-{device}"
        self.precision = precision
        self._kind: torch.dtype = getattr(torch, precision)
        self._device = device
        self._network = network.to(device=device, dtype=self._kind)
        self._side, self._interpolation, self._mean, self._std = backbone.input_of(network)
        self.length = self._forward(torch.zeros(len(spec.views), 3, self._side, self._side)).numel()

    @torch.inference_mode()
    def embed(self, rgb: Pixels) -> Embedding:
        """The embedding of a picture, uint8 (H, W, 3), of any size."""
        views = squares(rgb, self.spec.views, self._side, self._interpolation)
        pixels = torch.from_numpy(views).permute(0, 3, 1, 2).float() / 255
        embedded: Embedding = self._forward((pixels - self._mean) / self._std).numpy()
        return embedded

    @torch.inference_mode()
    def _forward(self, pixels: Tensor) -> Tensor:
        shown = pixels.to(device=self._device, dtype=self._kind)
        found = backbone.taps(self._network, shown, self.spec)
        return torch.cat([part.float() for part in found], dim=1).flatten().cpu()


def load_embedder(
    spec: EmbeddingSpec, weights: Path, *, precision: str | None = None, device: str | None = None
) -> Embedder:
    """An embedder with the weights of a safetensors file.

    Args:
        spec: what is wanted.
        weights: safetensors in timm's names; the caller has checked their hash.
        precision: ``float32`` or ``bfloat16``; by default what is fastest here without another answer.
        device: ``cpu`` or ``cuda``; by default the faster one of those that are here.

    Raises:
        Fault: the weights can't be read or are another network's, or timm lacks the network.
    """
    device = device or device_here()
    network = backbone.load(spec.backbone, weights)
    if not spec.last:
        backbone.prune(network, spec.depths)
    return TorchEmbedder(spec, network, device=device, precision=precision or best_precision(device))


def device_here() -> str:
    """``cuda`` where there is a GPU, else ``cpu``."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def device_of(runtime: str) -> str:
    """The device of a runtime's name, which ``Embedder.runtime`` gave on some machine.

    Raises:
        Fault: ``runtime_unavailable``: this machine has no such device, or the name is unknown.
    """
    devices = {f"torch-{device}": device for device in ("cpu", "cuda") if device in {"cpu", device_here()}}
    if runtime not in devices:
        raise Fault(
            Reason.RUNTIME_UNAVAILABLE,
            f"{runtime} is not to be had on this machine, which has {', '.join(devices)}; use another one",
        )
    return devices[runtime]


def best_precision(device: str) -> str:
    """``bfloat16`` where the hardware multiplies it natively, else ``float32``.

    On such hardware it is three times as fast and turns an embedding by less than 2.3 degrees (cosine above
    0.999 to float32); elsewhere it is emulated and slower than float32.
    """
    if device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    return "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"  # it has no public name
