"""Tunes a veto: the last stage of a frozen backbone and a head, on drawn pictures only.

Everything before that stage never changes, so what it makes of each picture is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from detector.embedding import backbone
from detector.embedding.embedder import TorchEmbedder, best_precision
from detector.embedding.spec import EmbeddingSpec
from detector.embedding.timm_library import import_block
from detector.embedding.views import Pixels
from detector.evaluation.metrics import Labels, Scores
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
        spec: one depth and one view; the stage at that depth is what is tuned.
        weights: safetensors of the backbone.
        recipe: steps, rate and seed.

    Raises:
        ValueError: the spec has several depths or views, or takes the penultimate layer.
    """

    def __init__(self, spec: EmbeddingSpec, weights: Path, recipe: Recipe) -> None:
        if spec.last or len(spec.blocks) != 1 or len(spec.views) != 1:
            raise ValueError("a veto is tuned at one middle depth, on one view")
        self.spec = spec
        self._recipe = recipe
        network = backbone.load(spec.backbone, weights)
        backbone.prune(network, spec.blocks)
        self._prefix, stage = backbone.last_stage(network)
        self._untuned = deepcopy(stage).float()
        self._embedder = TorchEmbedder(spec, network, device="cpu", precision=best_precision("cpu"))
        self._frozen = stage
        self._inputs: list[Tensor] = []

    def look_at(self, pictures: Iterable[Pixels]) -> None:
        """Take pictures in, uint8 (H, W, 3) each; later calls refer to them by their order."""

        def keep(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            self._inputs.append(arguments[0][0].bfloat16())

        hook = self._frozen.register_forward_pre_hook(keep)
        for picture in pictures:
            self._embedder.embed(picture)
        hook.remove()

    def tune(self, chosen: Numbers, labels: Labels) -> TunedVeto:
        """Tune on some of the pictures.

        Args:
            chosen: their places.
            labels: (n,) of all pictures.
        """
        torch.manual_seed(self._recipe.seed)
        stage = deepcopy(self._untuned).requires_grad_(requires_grad=True)
        head = nn.Linear(self._embedder.length, 1)
        optimiser = torch.optim.AdamW(
            [*stage.parameters(), *head.parameters()],
            lr=self._recipe.veto_rate,
            weight_decay=self._recipe.veto_decay,
        )
        rng = np.random.default_rng(self._recipe.seed)
        stage.train()
        for _ in range(self._recipe.veto_epochs):
            order = rng.permutation(chosen)
            for start in range(0, len(order), self._recipe.veto_batch):
                batch = order[start : start + self._recipe.veto_batch]
                with torch.autocast("cpu", torch.bfloat16, enabled=_HAS_BFLOAT16):
                    scores = head(self._pooled(stage, batch)).flatten().float()
                target = torch.from_numpy(labels[batch].astype(np.float32))
                loss = nn.functional.binary_cross_entropy_with_logits(scores, target)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # PyTorch has no types here
                optimiser.step()
        stage.eval()
        tuned = {f"{self._prefix}.{name}": value.detach() for name, value in stage.named_parameters()}
        return TunedVeto(stage=tuned, head=head)

    @torch.inference_mode()
    def scores(self, veto: TunedVeto, chosen: Numbers) -> Scores:
        """(k,) log-odds of some of the pictures."""
        stage = deepcopy(self._untuned)
        own = {name.removeprefix(f"{self._prefix}."): value for name, value in veto.stage.items()}
        stage.load_state_dict(own)
        size = self._recipe.veto_batch
        batches = (chosen[start : start + size] for start in range(0, len(chosen), size))
        found = [veto.head(self._pooled(stage, batch)).flatten() for batch in batches]
        return torch.cat(found).double().numpy()

    def _pooled(self, stage: nn.Module, chosen: Numbers) -> Tensor:
        tokens = torch.stack([self._inputs[place] for place in chosen]).float()
        if isinstance(stage, import_block()):
            return _class_token(stage, tokens)
        out: Tensor = stage(tokens)
        return out[:, 0] if out.ndim == 3 else out.mean(dim=(2, 3))


def _class_token(block: Any, tokens: Tensor) -> Tensor:
    """The first token after a transformer's block.

    What the block makes of the others, two thirds of its work, would be thrown away.
    """
    seen = block.drop_path1(block.ls1(block.attn(block.norm1(tokens))[:, 0]))
    first: Tensor = tokens[:, 0] + seen
    out: Tensor = first + block.drop_path2(block.ls2(block.mlp(block.norm2(first))))
    return out


def deepest(spec: EmbeddingSpec) -> EmbeddingSpec:
    """The veto's embedding that goes with another one: its deepest block, or the network's last."""
    if not spec.last:
        depth = spec.depths[-1]
    else:
        name, _ = backbone.last_stage(backbone.build(spec.backbone))
        depth = int(name.rpartition(".")[2]) + 1
    return EmbeddingSpec(backbone=spec.backbone, blocks=(depth,), last=False, views=spec.views[:1])


_HAS_BFLOAT16 = best_precision("cpu") == "bfloat16"
