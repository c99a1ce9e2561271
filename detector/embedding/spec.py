"""What an embedding is: a backbone, the depths at which it is tapped, and the views that it is shown.

The id of the production default is ``convnext_tiny.fb_in22k/last/whole``; that of an embedding with two
middle blocks and two views is, for instance, ``vit_base_patch16_224.mae/6-8/whole+crop``; ``6-8-m5`` also
averages what block 5 of a transformer holds of all places.

Middle blocks matter: what tells generated pictures from others lies in low and middle layers rather than in
the last one, which has been trained to forget it (Koutlis & Papadopoulos 2024, "Leveraging Representations
from Intermediate Encoder-Blocks for Synthetic Image Detection", ECCV).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

PENULTIMATE = "last"
"""In an id: the input of the backbone's classifier, after its last norm and pooling."""
_MEAN = "m"
"""In an id, before a block's number: the mean over its patches in place of its class token."""

_ID = re.compile(r"(?P<backbone>[a-z0-9_]+(\.[a-z0-9_]+)?)/(?P<taps>[0-9a-z-]+)/(?P<views>[a-z+]+)")


class View(StrEnum):
    """What of a picture the backbone sees, always as a square of its input size."""

    WHOLE = "whole"
    """All of it, its aspect ratio ignored."""
    CROP = "crop"
    """The centre at native resolution, where the traces of a generator have not been resized away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSpec:
    """One way to turn a picture into numbers. Everything that changes a number is part of ``id``."""

    backbone: str
    """timm's name, ``arch.tag``."""
    blocks: tuple[int, ...] = ()
    """Blocks (of a transformer) or stages (of a convolutional network) after which it is tapped, from 1."""
    means: tuple[int, ...] = ()
    """Blocks of a transformer after which the mean of the patches' tokens is taken, from 1."""
    last: bool = True
    """Whether the penultimate layer is taken too."""
    views: tuple[View, ...] = (View.WHOLE,)

    def __post_init__(self) -> None:
        """Refuse what would be ambiguous.

        Raises:
            ValueError: no tap, no view, or something named twice or out of order.
        """
        if not (_rises(self.blocks) and _rises(self.means)) or not (self.blocks or self.means or self.last):
            raise ValueError("an embedding needs a tap; its blocks are numbered from 1 and rise")
        if not self.views or len(set(self.views)) != len(self.views):
            raise ValueError("an embedding needs at least one view, and each only once")

    @property
    def id(self) -> str:
        """``backbone/taps/views``; ``parse`` reads it back."""
        means = [f"{_MEAN}{block}" for block in self.means]
        taps = [*map(str, self.blocks), *means, *([PENULTIMATE] if self.last else [])]
        return f"{self.backbone}/{'-'.join(taps)}/{'+'.join(self.views)}"

    @classmethod
    def parse(cls, text: str) -> EmbeddingSpec:
        """The spec of an id; a bare backbone means its penultimate layer and the whole view.

        Raises:
            ValueError: not such an id; the message shows one.
        """
        found = _ID.fullmatch(text if "/" in text else f"{text}/{PENULTIMATE}/{View.WHOLE}")
        if found is None:
            raise ValueError(f"{text!r} names no embedding; expected for instance {_EXAMPLE}")
        taps = found["taps"].split("-")
        last = taps[-1] == PENULTIMATE
        depths = taps[:-1] if last else taps
        first_mean = next((place for place, tap in enumerate(depths) if tap.startswith(_MEAN)), len(depths))
        try:
            blocks = tuple(int(tap) for tap in depths[:first_mean])
            means = tuple(int(tap.removeprefix(_MEAN)) for tap in depths[first_mean:])
            views = tuple(View(view) for view in found["views"].split("+"))
        except ValueError:
            raise ValueError(f"{text!r} names no embedding; expected for instance {_EXAMPLE}") from None
        spec = cls(backbone=found["backbone"], blocks=blocks, means=means, last=last, views=views)
        if "/" in text and spec.id != text:
            raise ValueError(f"{text!r} names no embedding; it would be written {spec.id}")
        return spec

    @property
    def depths(self) -> tuple[int, ...]:
        """The blocks that are needed, each once, rising."""
        return tuple(sorted({*self.blocks, *self.means}))


def _rises(blocks: tuple[int, ...]) -> bool:
    return all(left < right for left, right in zip((0, *blocks), blocks, strict=False))


_EXAMPLE = "convnext_tiny.fb_in22k/last/whole"
