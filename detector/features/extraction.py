"""From pixels to named feature values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from detector.features.arrays import SIDE, Mask, Pixels, Real
from detector.features.canvas import Canvas
from detector.features.catalogue import ALL_GROUPS, Schema, schemas
from detector.features.groups.brightness import brightness
from detector.features.groups.colour import colour
from detector.features.groups.colour_coherence import colour_coherence
from detector.features.groups.colour_gradient import colour_gradient
from detector.features.groups.cross_subband import cross_subband
from detector.features.groups.edge_cooccurrence import edge_cooccurrence
from detector.features.groups.enhanced_texture import enhanced_texture
from detector.features.groups.extended_hog import extended_hog
from detector.features.groups.fractal import fractal
from detector.features.groups.frequency import frequency
from detector.features.groups.gabor import gabor
from detector.features.groups.jpeg_ghost import jpeg_ghost
from detector.features.groups.linework import linework
from detector.features.groups.midband import midband
from detector.features.groups.multiscale_lbp import multiscale_lbp
from detector.features.groups.noise import noise
from detector.features.groups.patch_consistency import patch_consistency
from detector.features.groups.residual_autocorrelation import residual_autocorrelation
from detector.features.groups.self_similarity import self_similarity
from detector.features.groups.shape import shape
from detector.features.groups.stroke import stroke
from detector.features.groups.texture import texture
from detector.features.groups.wavelet import wavelet
from detector.reasons import Reason, Rejected

Group = Callable[[Canvas], dict[str, float]]

_ALL: tuple[Group, ...] = (
    brightness,
    colour,
    texture,
    shape,
    noise,
    frequency,
    enhanced_texture,
    midband,
    patch_consistency,
    multiscale_lbp,
    gabor,
    wavelet,
    edge_cooccurrence,
    fractal,
    residual_autocorrelation,
    stroke,
    colour_gradient,
    self_similarity,
    extended_hog,
    jpeg_ghost,
    colour_coherence,
    cross_subband,
    linework,
)

GROUPS = MappingProxyType({group.__name__: group for group in _ALL})
"""The function of each group that the catalogue names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Features of one picture."""

    names: tuple[str, ...]
    values: Real
    """float64 (len(names),), as computed: nan or infinite where the picture doesn't determine a feature."""

    @property
    def replaced(self) -> Mask:
        """True where a value isn't finite, and 0 stands for it in what is stored."""
        return ~np.isfinite(self.values)


def _keep_freed_memory() -> None:
    """Let glibc reuse memory between pictures instead of giving it back and faulting it in again.

    Freeing one block of 30 MiB raises glibc's dynamic mmap threshold to that size and its trim threshold to
    twice that; the half-megabyte arrays of a canvas then come from the heap. That takes a third off the time
    of a picture (16,000 page faults). The block is never touched; other allocators ignore this.
    """
    np.empty(30 * 2**20, dtype=np.uint8)


_keep_freed_memory()


def extract(rgb: Pixels, groups: Sequence[str] = ("hc148",)) -> Features:
    """Compute the features of one picture.

    Deterministic: equal pixels give equal values, whatever the number of threads.

    Args:
        rgb: uint8 (H, W, 3), sRGB, any H and W of at least 1. Resized to 255 x 255 by the input rule unless
            it has that size.
        groups: names out of ``ALL_GROUPS``, in the order wanted.

    Returns:
        Values in schema order, one schema after another.

    Raises:
        Rejected: ``extraction_failed``; a formula failed on this picture, so that it has no vector.
        ValueError: ``rgb`` or ``groups`` is not of the kind stated.

    Source: hc148 specification.
    """
    wanted = schemas(groups)
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
        raise ValueError(f"a picture is uint8 (height, width, 3), not {rgb.dtype} {rgb.shape}")
    canvas = Canvas(rgb)
    # Zero over zero is an answer here (nan, kept and masked), not a mistake to warn of.
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [_values(canvas, schema) for schema in wanted]
    names = tuple(name for schema in wanted for name in schema.names)
    return Features(names=names, values=np.concatenate(parts))


def compile_loops() -> None:
    """Compile the loops of all groups, or load them from where they are kept, ahead of the first picture.

    Their types are the same for all pictures, so that any picture with something in it calls them all. It
    takes about 15 s where nothing is kept yet, else half a second. A process that forks calls this before.
    """
    row, column = np.indices((SIDE, SIDE))
    extract(np.stack([row, column, row * column], axis=-1).astype(np.uint8), ALL_GROUPS)


def _values(canvas: Canvas, schema: Schema) -> Real:
    computed: dict[str, float] = {}
    for group in schema.groups:
        computed |= _compute(group, canvas)
    return np.array([computed[name] for name in schema.names], dtype=np.float64)


def _compute(group: str, canvas: Canvas) -> dict[str, float]:
    """One group's values; whatever its formulas raise becomes a reason, never a row of zeros."""
    try:
        return GROUPS[group](canvas)
    except MemoryError:
        raise
    except Exception as error:
        raise Rejected(
            Reason.EXTRACTION_FAILED, f"The features of group {group} can't be computed for this picture."
        ) from error
