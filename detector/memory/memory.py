"""The pictures of a training, as far as a bundle keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.memory.reference import Reference
from detector.memory.space import Half, Space
from detector.vector import Values

NEAR_BITS = 6
"""Bits of the perceptual hash, of 64, in which two encodings of one picture may differ: JPEG 40, a quarter of
the size or sharpening turn four at most, and between pictures of one corpus ten or more differ."""
_PREFIX = 8
_LISTS = ("sha256", "perceptual", "synthetic", "group", "domain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A picture of the training."""

    group: str
    domain: str
    synthetic: bool
    """True where a generator made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour(Remembered):
    """A picture of the training that measures like another one."""

    distance: float
    """In the memory's space; see `Memory.usual` for what is far."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memory:
    """n pictures of the training, in its order.

    Raises:
        ValueError: the arrays don't belong to each other.
    """

    sha256: npt.NDArray[np.uint64]
    """(n,) first eight bytes of each file's sha256, big-endian."""
    perceptual: npt.NDArray[np.int64]
    """(n,) perceptual hashes."""
    synthetic: npt.NDArray[np.bool_]
    """(n,) True where a generator made the picture."""
    group: npt.NDArray[np.uint32]
    """(n,) places in ``groups``."""
    groups: tuple[str, ...]
    domain: npt.NDArray[np.uint32]
    """(n,) places in ``domains``."""
    domains: tuple[str, ...]
    space: Space
    coordinates: Half
    """(n, k) in the space."""
    reference: Reference
    usual: float
    """95 % of the pictures have one of another group that is no farther from them than this."""

    def __post_init__(self) -> None:
        shapes = {getattr(self, name).shape for name in _LISTS}
        count, axes = len(self.coordinates), len(self.space.components)
        if shapes != {(count,)} or self.coordinates.shape != (count, axes):
            raise ValueError("the parts of a memory speak of different numbers of pictures")
        for numbers, names in ((self.group, self.groups), (self.domain, self.domains)):
            if numbers.size and int(numbers.max()) >= len(names):
                raise ValueError("a picture of the memory has a group or a domain without a name")
        if not np.isfinite(self.coordinates).all() or not np.isfinite(self.usual):
            raise ValueError("a memory holds finite numbers only")

    def __len__(self) -> int:
        return len(self.sha256)

    def fits(self, length: int, handcrafted: int) -> bool:
        """Whether it is about vectors of so many numbers, of which so many are handcrafted features."""
        return len(self.space.mean) == length and self.reference.quantiles.shape[1] == handcrafted

    def overlaps(
        self, *, sha256: bytes | None = None, perceptual: int | None = None, bits: int = NEAR_BITS
    ) -> tuple[Remembered, ...]:
        """The remembered pictures that a picture is: the same file, or nearly the same pixels.

        Args:
            sha256: of the file, 8 bytes of it or more; None leaves files out.
            perceptual: its perceptual hash; None leaves pixels out.
            bits: in which the hash may differ.
        """
        same = np.zeros(len(self), dtype=np.bool_)
        if sha256 is not None:
            same |= self.sha256 == np.uint64(prefix_of(sha256))
        if perceptual is not None:
            same |= np.bitwise_count(self.perceptual.view(np.uint64) ^ _unsigned(perceptual)) <= bits
        return tuple(self._remembered(place) for place in np.flatnonzero(same))

    def nearest(self, values: Values, count: int = 5) -> tuple[Neighbour, ...]:
        """The remembered pictures whose vectors are nearest to a vector, (d,), the nearest first."""
        point = self.space.coordinates(values[None]).astype(np.float64)
        distances = np.linalg.norm(self.coordinates.astype(np.float64) - point, axis=1)
        order = np.argsort(distances, kind="stable")[:count]
        return tuple(
            Neighbour(
                group=self.groups[self.group[place]],
                domain=self.domains[self.domain[place]],
                synthetic=bool(self.synthetic[place]),
                distance=float(distances[place]),
            )
            for place in order
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is stored; names as UTF-8, one a line."""
        return {
            **{name: getattr(self, name) for name in _LISTS},
            "coordinates": self.coordinates,
            **self.space.arrays(),
            "groups": _bytes(self.groups),
            "domains": _bytes(self.domains),
            "quantiles": self.reference.quantiles,
            "usual": np.array(self.usual, dtype=np.float64),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Memory:
        """Read what ``arrays`` gave.

        Raises:
            KeyError, ValueError: it is something else.
        """
        return cls(
            sha256=arrays["sha256"].astype(np.uint64),
            perceptual=arrays["perceptual"].astype(np.int64),
            synthetic=arrays["synthetic"].astype(np.bool_),
            group=arrays["group"].astype(np.uint32),
            groups=_names(arrays["groups"]),
            domain=arrays["domain"].astype(np.uint32),
            domains=_names(arrays["domains"]),
            space=Space.of(arrays),
            coordinates=arrays["coordinates"].astype(np.float16),
            reference=Reference(quantiles=arrays["quantiles"].astype(np.float32)),
            usual=float(arrays["usual"]),
        )

    def _remembered(self, place: np.intp) -> Remembered:
        return Remembered(
            group=self.groups[self.group[place]],
            domain=self.domains[self.domain[place]],
            synthetic=bool(self.synthetic[place]),
        )


def prefix_of(sha256: bytes) -> int:
    """What is kept of a file's hash."""
    return int.from_bytes(sha256[:_PREFIX], "big")


def _unsigned(hash_: int) -> np.uint64:
    return np.uint64(hash_ & 0xFFFF_FFFF_FFFF_FFFF)


def _bytes(names: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _names(data: npt.NDArray[Any]) -> tuple[str, ...]:
    return tuple(data.astype(np.uint8).tobytes().decode().split("\n"))
