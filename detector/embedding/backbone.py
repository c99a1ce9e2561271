"""A timm network with weights from a file: built offline, frozen, tapped at chosen depths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from detector.embedding.spec import EmbeddingSpec
from detector.embedding.timm_library import import_timm
from detector.embedding.views import INTERPOLATIONS
from detector.reasons import Fault, Reason


def build(name: str) -> nn.Module:
    """The architecture that timm knows by this name, with random weights. Asks no network.

    Raises:
        Fault: ``bundle_incompatible``: timm has no such architecture.
    """
    timm = import_timm()
    try:
        network: nn.Module = timm.create_model(name, pretrained=False)
    except RuntimeError as error:
        raise Fault(
            Reason.BUNDLE_INCOMPATIBLE,
            f"this version of timm has no network named {name}; install one that has",
        ) from error
    return network.eval().requires_grad_(requires_grad=False)


def load(name: str, weights: Path) -> nn.Module:
    """A network with the weights of a safetensors file, which stay mapped from it until they are converted.

    Raises:
        Fault: the file is absent or unreadable, or it is another network's.
    """
    network = _skeleton(name)
    try:
        stored = load_file(weights)
    except (OSError, SafetensorError) as error:
        raise Fault(
            Reason.WEIGHTS_MISSING, f"the weights of {name} can't be read; run `artgate weights fetch`"
        ) from error
    _fill(network, stored, name)
    return network


def _skeleton(name: str) -> nn.Module:
    """The architecture without numbers, which takes a tenth of the time that drawing random ones takes.

    Numbers that the architecture computes for itself are in no weights file: then it is built in full.
    """
    with torch.device("meta"):
        network = build(name)
    kept = network.state_dict()
    if any(part not in kept for part, _ in network.named_buffers()):
        return build(name)
    return network


def _fill(network: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    """Give a network its weights. Its classifier may go without: an embedding ends before it.

    Raises:
        Fault: ``weights_hash_mismatch``: these are another network's weights.
    """
    classifier = _classifier_of(network)
    try:
        missing, unexpected = network.load_state_dict(dict(weights), strict=False, assign=True)
    except RuntimeError as error:
        raise Fault(Reason.WEIGHTS_HASH_MISMATCH, f"the weights file does not fit {name}") from error
    missing = [part for part in missing if not part.startswith(classifier)]
    if missing or unexpected:
        raise Fault(
            Reason.WEIGHTS_HASH_MISMATCH,
            f"the weights file does not fit {name}: {len(missing)} parts missing, {len(unexpected)} unknown",
        )
    for part in network.modules():
        for key, value in part.named_parameters(recurse=False):
            if value.is_meta:
                setattr(part, key, nn.Parameter(torch.zeros(value.shape), requires_grad=False))


def overlay(network: nn.Module, tuned: Mapping[str, Tensor]) -> None:
    """Replace some of a network's weights by tuned ones of any precision.

    Raises:
        Fault: ``bundle_invalid``: the network has no such weights.
    """
    own = dict(network.named_parameters())
    if any(name not in own or own[name].shape != value.shape for name, value in tuned.items()):
        raise Fault(
            Reason.BUNDLE_INVALID, "the tuned weights do not belong to their backbone; train the bundle again"
        )
    for name, value in tuned.items():
        own[name].data = value.to(own[name].dtype)


def input_of(network: nn.Module) -> tuple[int, str, Tensor, Tensor]:
    """What the weights' own configuration says of the input: side, interpolation, mean and std (3, 1, 1)."""
    configuration: dict[str, Any] = getattr(network, "pretrained_cfg", {})
    side = int(configuration["input_size"][-1])
    interpolation = str(configuration["interpolation"])
    if interpolation not in INTERPOLATIONS:
        interpolation = INTERPOLATIONS[0]
    mean, std = (torch.tensor(configuration[key]).view(3, 1, 1) for key in ("mean", "std"))
    return side, interpolation, mean, std


def prune(network: Any, blocks: tuple[int, ...]) -> None:
    """Drop what lies behind the deepest of `blocks`: it would only take memory."""
    network.prune_intermediate_layers(_indices(blocks), prune_norm=True, prune_head=True)


def last_stage(network: Any) -> tuple[str, nn.Module]:
    """Name and module of the deepest block, or stage, that is left after ``prune``.

    Raises:
        Fault: ``bundle_incompatible``: the network has neither blocks nor stages.
    """
    name, parts = _stages(network)
    return f"{name}.{len(parts) - 1}" if name else f"layer{len(parts)}", parts[-1]


def behind(network: nn.Module, stage: str) -> tuple[str, ...]:
    """Names of the parameters of a stage, and of all that comes after it but the classifier.

    By the order in which timm's networks name their parts, which is that in which they work.
    """
    names = [name for name, _ in network.named_parameters()]
    first = next(place for place, name in enumerate(names) if name.startswith(f"{stage}."))
    classifier = _classifier_of(network)
    return tuple(name for name in names[first:] if not name.startswith(f"{classifier}."))


def hollow_out(network: Any) -> None:
    """Take the stages before the last one out, in place: what they would give is given to the last one."""
    _, parts = _stages(network)
    names = {id(part): name for name, part in network.named_modules()}
    for part in parts[:-1]:
        network.set_submodule(names[id(part)], _Passage())


class _Passage(nn.Module):
    """In the place of a stage: lets its input through."""

    def forward(self, pixels: Tensor, *_: Any, **__: Any) -> Tensor:
        return pixels


def _stages(network: Any) -> tuple[str, list[nn.Module]]:
    """The name of a network's list of stages, none where each has a name of its own, and the stages."""
    for name in ("blocks", "stages", "layers"):
        parts = getattr(network, name, None)
        if parts is not None:
            return name, list(parts)
    numbered = [getattr(network, f"layer{number}", None) for number in range(1, 5)]
    stages = [part for part in numbered if part is not None]
    if not stages:
        raise Fault(
            Reason.BUNDLE_INCOMPATIBLE,
            "this network has no blocks or stages that could be tuned; take another one for the veto",
        )
    return "", stages


def taps(network: Any, pixels: Tensor, spec: EmbeddingSpec) -> list[Tensor]:
    """What the network holds of each picture at the chosen depths.

    Args:
        network: as ``load`` gives it.
        pixels: (pictures, 3, side, side), normalised.
        spec: which depths: ``blocks`` are a transformer's class tokens as they are, or another network's
            means over positions after a stage; ``means`` a transformer's means over its patches' tokens;
            ``last`` the penultimate layer, pooled and normalised as the classifier would get it.

    Returns:
        One (pictures, width) for each, in that order.

    Raises:
        Fault: ``bundle_incompatible``: the network has no patches to average.
    """
    if not spec.depths:
        return [network.forward_head(network.forward_features(pixels), pre_logits=True)]
    transformer = is_transformer(network)
    if spec.means and not transformer:
        raise Fault(
            Reason.BUNDLE_INCOMPATIBLE,
            f"{spec.backbone} has no patches whose tokens could be averaged; name its stages without an m",
        )
    form = {"return_prefix_tokens": True, "output_fmt": "NLC"} if transformer else {}
    found = network.forward_intermediates(
        pixels,
        indices=_indices(spec.depths),
        norm=False,
        stop_early=not spec.last,
        intermediates_only=not spec.last,
        **form,
    )
    end, parts = found if spec.last else (None, found)
    at = dict(zip(spec.depths, parts, strict=True))
    pooled = [_pooled(at[block]) for block in spec.blocks]
    pooled += [at[block][0].float().mean(dim=1) for block in spec.means]
    return [*pooled, network.forward_head(end, pre_logits=True)] if spec.last else pooled


def _indices(blocks: tuple[int, ...]) -> list[int]:
    return [block - 1 for block in blocks]


def _pooled(part: Any) -> Tensor:
    if isinstance(part, tuple):  # (tokens of patches, tokens before them)
        _, prefix = part
        token: Tensor = prefix[:, 0]
        return token
    mean: Tensor = part.mean(dim=(2, 3))
    return mean


def is_transformer(network: Any) -> bool:
    """Whether it has tokens, of which the first stands for the whole picture."""
    return getattr(network, "num_prefix_tokens", 0) > 0


def _classifier_of(network: Any) -> str:
    return str(getattr(network, "pretrained_cfg", {}).get("classifier") or "head")
