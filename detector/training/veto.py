"""Tunes a veto: the last stage of a frozen backbone and a head, on pictures of some domains only.

Everything before that stage never changes, so what it makes of each picture is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from detector.embedding import backbone
from detector.embedding.embedder import TorchEmbedder, best_precision, device_here
from detector.embedding.spec import EmbeddingSpec
from detector.embedding.timm_library import import_block
from detector.embedding.views import Pixels
from detector.evaluation.metrics import Labels, Scores
from detector.reasons import Fault, Reason
from detector.training.folds import Numbers
from detector.training.recipe import Recipe
from detector.veto import HEAD, OFFSET


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TunedVeto:
    """What tuning gave."""

    stage: Mapping[str, Tensor]
    """The tuned weights, float32, by their names in the whole network."""
    head: nn.Linear
    """From the pooled stage to one log-odds."""

    def part(self) -> bytes:
        """The bundle's part. Weights are rounded to bfloat16, in which they are run where that is fast."""
        tensors = {name: value.bfloat16().contiguous() for name, value in self.stage.items()}
        tensors[HEAD] = self.head.weight.detach().flatten().float().contiguous()
        tensors[OFFSET] = self.head.bias.detach().float().contiguous()
        return save(tensors)


class VetoTraining:
    """The frozen part of a veto, and what it makes of pictures.

    Args:
        spec: one view and one depth. A middle depth: the stage at that depth is tuned, and is the last. The
            penultimate layer: the network's last stage is tuned with all that comes after it.
        weights: safetensors of the backbone.
        recipe: steps, rate and seed.
        device: ``cpu``, ``cuda``, or ``auto``, which takes a GPU where there is one.

    Raises:
        ValueError: the spec has several depths or views.
        Fault: ``settings_invalid``: there is no such device.
    """

    def __init__(self, spec: EmbeddingSpec, weights: Path, recipe: Recipe, *, device: str = "auto") -> None:
        if not can_be_tuned(spec):
            raise ValueError("a veto is tuned at one depth, on one view")
        self.spec = spec
        self.device = _device(device)
        self._recipe = recipe
        network = backbone.load(spec.backbone, weights)
        if not spec.last:
            backbone.prune(network, spec.blocks)
        name, self._frozen = backbone.last_stage(network)
        self._untuned = _Tail(network, name, spec)
        self._embedder = TorchEmbedder(
            spec, network, device=self.device, precision=best_precision(self.device)
        )
        self._inputs: list[Tensor] = []

    def look_at(self, pictures: Iterable[Pixels]) -> None:
        """Take pictures in, uint8 (H, W, 3) each; later calls refer to them by their order."""
        self._inputs += self._seen(pictures)

    def tune(self, chosen: Numbers, labels: Labels) -> TunedVeto:
        """Tune on some of the pictures.

        Args:
            chosen: their places.
            labels: (n,) of all pictures.
        """
        torch.manual_seed(self._recipe.seed)
        tail = deepcopy(self._untuned)
        head = nn.Linear(self._embedder.length, 1)
        tail.to(self.device)
        head.to(self.device)
        tuned = tail.tuned()
        for value in tuned.values():
            value.requires_grad_(True)  # noqa: FBT003 - its only form
        optimiser = torch.optim.AdamW(
            [*tuned.values(), *head.parameters()],
            lr=self._recipe.veto_rate,
            weight_decay=self._recipe.veto_decay,
        )
        rng = np.random.default_rng(self._recipe.seed)
        low = best_precision(self.device) == "bfloat16"
        for _ in range(self._recipe.veto_epochs):
            order = rng.permutation(chosen)
            for start in range(0, len(order), self._recipe.veto_batch):
                batch = order[start : start + self._recipe.veto_batch]
                shown = self._shown([self._inputs[place] for place in batch])
                with torch.autocast(self.device, torch.bfloat16, enabled=low):
                    scores = head(tail(shown)).flatten().float()
                target = torch.from_numpy(labels[batch].astype(np.float32)).to(self.device)
                loss = nn.functional.binary_cross_entropy_with_logits(scores, target)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # PyTorch has no types here
                optimiser.step()
        return TunedVeto(stage={name: value.detach().cpu() for name, value in tuned.items()}, head=head.cpu())

    def scores(self, veto: TunedVeto, chosen: Numbers) -> Scores:
        """(k,) log-odds of some of the pictures."""
        return self._scores(veto, [self._inputs[place] for place in chosen])

    def scores_of(self, veto: TunedVeto, pictures: Iterable[Pixels]) -> Scores:
        """(k,) log-odds of other pictures, uint8 (H, W, 3) each, which are not kept."""
        return self._scores(veto, self._seen(pictures))

    def _seen(self, pictures: Iterable[Pixels]) -> list[Tensor]:
        """What the frozen part makes of each picture."""
        seen: list[Tensor] = []

        def keep(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            seen.append(arguments[0][0].bfloat16().cpu())

        hook = self._frozen.register_forward_pre_hook(keep)
        try:
            for picture in pictures:
                self._embedder.embed(picture)
        finally:
            hook.remove()
        return seen

    def _scores(self, veto: TunedVeto, inputs: Sequence[Tensor]) -> Scores:
        if not inputs:
            return np.empty(0)
        tail = deepcopy(self._untuned)
        backbone.overlay(tail.network, veto.stage)
        tail.to(self.device)
        head = deepcopy(veto.head).to(self.device)
        size = self._recipe.veto_batch
        batches = (inputs[start : start + size] for start in range(0, len(inputs), size))
        with torch.inference_mode():
            found = [head(tail(self._shown(batch))).flatten().cpu() for batch in batches]
            return torch.cat(found).double().numpy()

    def _shown(self, inputs: Sequence[Tensor]) -> Tensor:
        return torch.stack(list(inputs)).float().to(self.device)


class _Tail(nn.Module):
    """A network from the input of its last stage on, in float32, with the stages before it taken out.

    Its statistics of batches stay as they are (it is never in training mode): sixteen pictures make poor
    ones, and the bundle stores parameters alone.
    """

    def __init__(self, network: nn.Module, stage: str, spec: EmbeddingSpec) -> None:
        super().__init__()
        self.network = deepcopy(network)
        backbone.hollow_out(self.network)
        self.network.float().eval()
        self._stage = stage
        self._spec = spec
        self._side = backbone.input_of(network)[0]
        self._names = backbone.behind(self.network, stage)

    def tuned(self) -> dict[str, nn.Parameter]:
        """What is tuned, by its name in the whole network: unused parts stay as they are."""
        names = (
            self._names
            if self._spec.last
            else tuple(name for name in self._names if name.startswith(f"{self._stage}."))
        )
        own = dict(self.network.named_parameters())
        return {name: own[name] for name in names}

    def forward(self, inputs: Tensor) -> Tensor:
        """(k, length) embeddings of pictures by what the last stage was given of each."""
        stage = self.network.get_submodule(self._stage)
        if not self._spec.last and isinstance(stage, import_block()):
            return _class_token(stage, inputs)
        hook = stage.register_forward_pre_hook(lambda _, arguments: (inputs, *arguments[1:]))
        try:
            nothing = torch.zeros(len(inputs), 3, self._side, self._side, device=inputs.device)
            (found,) = backbone.taps(self.network, nothing, self._spec)
        finally:
            hook.remove()
        return found


def can_be_tuned(spec: EmbeddingSpec) -> bool:
    """Whether a veto can have this embedding: it has one view and one depth."""
    return len(spec.views) == 1 and len(spec.blocks) + spec.last == 1 and not spec.means


def _class_token(block: Any, tokens: Tensor) -> Tensor:
    """The first token after a transformer's block.

    What the block makes of the others, two thirds of its work, would be thrown away.
    """
    seen = block.drop_path1(block.ls1(block.attn(block.norm1(tokens))[:, 0]))
    first: Tensor = tokens[:, 0] + seen
    out: Tensor = first + block.drop_path2(block.ls2(block.mlp(block.norm2(first))))
    return out


def deepest(spec: EmbeddingSpec) -> EmbeddingSpec:
    """The veto's embedding that goes with another one: its deepest block, or the network's last layer.

    A transformer is tapped after its last block rather than after the norm behind it: what that block makes
    of all tokens but the first need not be computed then.
    """
    if not spec.last:
        return replace(spec, blocks=spec.depths[-1:], means=(), views=spec.views[:1])
    network = backbone.build(spec.backbone)
    if not backbone.is_transformer(network):
        return replace(spec, blocks=(), means=(), views=spec.views[:1])
    name, _ = backbone.last_stage(network)
    depth = int(name.rpartition(".")[2]) + 1
    return replace(spec, blocks=(depth,), means=(), last=False, views=spec.views[:1])


def _device(wanted: str) -> str:
    """Raises Fault where there is no GPU and one is wanted."""
    here = device_here()
    if wanted == "cuda" and here != "cuda":
        raise Fault(
            Reason.SETTINGS_INVALID,
            "PyTorch finds no GPU here; tune the veto with --device cpu, or install PyTorch's CUDA build",
        )
    return here if wanted == "auto" else wanted
