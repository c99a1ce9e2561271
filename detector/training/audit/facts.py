"""All facts of one file that a model could mistake for its origin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from detector.decode import DecodeLimits
from detector.decode.container import Container, identify
from detector.decode.guard import guarded
from detector.decode.opening import open_first
from detector.picture import Picture, PictureFacts
from detector.training.audit.catalogue import NAMES
from detector.training.audit.coding import coding
from detector.training.audit.segments import Segment, is_exif, is_profile, is_text, is_xmp, segments
from detector.training.audit.surface import look, margins

_LIMITS = DecodeLimits()
_PNG_BITS, _PNG_INTERLACE = 24, 28
"""Where a PNG's first chunk states the bits of a sample, and whether it is interlaced."""
_METADATA = {"exif": is_exif, "xmp": is_xmp, "profile": is_profile, "text": is_text}
_INFO = {"exif": "exif", "xmp": "xmp", "profile": "icc_profile", "text": "comment"}
"""The same in Pillow's words, for containers whose segments are not walked here."""

Facts = dict[str, float]
"""Numbers by the names of the catalogue; nan where a file has no such thing."""


def facts_of(data: bytes, picture: Picture, limits: DecodeLimits = _LIMITS) -> Facts:
    """The facts of a file.

    Args:
        data: of the file.
        picture: decoded from it.
        limits: that it was decoded within.
    """
    container = identify(data, limits.max_bytes)
    pieces = list(segments(container, data))
    found = {
        **_size(picture.facts),
        **_format(container, data, picture.facts),
        **_compression(container, data, pieces, picture.facts),
        **_metadata(container, data, pieces, limits),
        "turned": float(picture.facts.orientation != 1),
        **margins(picture.rgb),
        **look(picture.rgb),
    }
    return {name: found[name] for name in NAMES}


def table_of(facts: Sequence[Facts], names: Sequence[str]) -> npt.NDArray[np.float64]:
    """(files, names): the named facts of many files."""
    return np.array([[each[name] for name in names] for each in facts], dtype=np.float64)


def _size(facts: PictureFacts) -> Facts:
    width, height = facts.width, facts.height
    longer, shorter = max(width, height), min(width, height)
    both = width | height
    return {
        "longer_side": float(longer),
        "shorter_side": float(shorter),
        "megapixels": width * height / 1e6,
        "step": float(both & -both),
        "aspect": width / height,
        "oblongness": longer / shorter,
    }


def _format(container: Container, data: bytes, facts: PictureFacts) -> Facts:
    return {
        **{f"is_{kind.lower()}": float(container is kind) for kind in Container},
        "bits": float(data[_PNG_BITS]) if container is Container.PNG else _bits(facts.mode),
        "alpha": float(facts.has_alpha),
        "frames": float(facts.frames),
    }


def _bits(mode: str) -> float:
    if mode.startswith("I;16"):
        return 16.0
    return {"1": 1.0, "I": 32.0, "F": 32.0}.get(mode, 8.0)


def _compression(container: Container, data: bytes, pieces: Sequence[Segment], facts: PictureFacts) -> Facts:
    found = {
        "kilobytes": len(data) / 1000,
        "bytes_per_pixel": len(data) / (facts.width * facts.height),
        "jpeg_quality": float("nan"),
        "jpeg_chroma": float("nan"),
        "progressive": 0.0,
    }
    if container is Container.JPEG:
        coded = coding(pieces)
        return found | {
            "jpeg_quality": coded.quality,
            "jpeg_chroma": coded.chroma,
            "progressive": float(coded.progressive),
        }
    if container is Container.PNG:
        return found | {"progressive": float(data[_PNG_INTERLACE] == 1)}
    return found


def _metadata(container: Container, data: bytes, pieces: Sequence[Segment], limits: DecodeLimits) -> Facts:
    """Bytes of each kind of metadata; 0 where there is none."""
    if pieces:
        return {
            name: float(sum(len(piece.payload) for piece in pieces if belongs(container, piece)))
            for name, belongs in _METADATA.items()
        }
    with guarded(limits.max_pixels):
        info = open_first(container, data, limits.max_pixels).info
    return {name: float(len(info.get(member) or b"")) for name, member in _INFO.items()}
