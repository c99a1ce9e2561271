"""timm beside a PyTorch for the CPU."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch

_SCHEMAS = ("nms", "qnms")
_ARGUMENTS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[torch.library.Library] = []  # a declaration ends with its library


def import_timm() -> Any:
    """Import timm, whatever PyTorch is installed.

    timm imports torchvision, whose plain wheel is built for CUDA: beside a CPU build its own operators do not
    load, and its import fails for want of two schemas. timm uses neither, so declaring them is enough.
    """
    try:
        import torchvision  # type: ignore[import-untyped]  # noqa: F401, PLC0415 - to see whether it can be
    except RuntimeError:
        _declare()
    import timm  # noqa: PLC0415 - only after that

    return timm


def import_block() -> type[torch.nn.Module]:
    """The class of the usual transformer's blocks."""
    import_timm()
    from timm.models.vision_transformer import Block  # noqa: PLC0415 - only after that

    block: type[torch.nn.Module] = Block
    return block


def _declare() -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name in _SCHEMAS:
        with suppress(RuntimeError):  # declared before
            library.define(name + _ARGUMENTS)  # type: ignore[no-untyped-call]
    _declared.append(library)
