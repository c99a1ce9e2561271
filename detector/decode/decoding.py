"""One file's way through the rules."""

from __future__ import annotations

from PIL import ImageFile

from detector.decode.container import Container, identify
from detector.decode.depth import eight_bits
from detector.decode.failures import refusing
from detector.decode.frames import frames
from detector.decode.guard import guarded
from detector.decode.headers import check_header
from detector.decode.limits import DecodeLimits
from detector.decode.opening import open_first
from detector.decode.orientation import orientation, upright
from detector.decode.packing import Allocate, in_ram, packed
from detector.decode.profile import to_srgb
from detector.decode.transparency import on_white, opacity
from detector.picture import Picture, PictureFacts

_LIMITS = DecodeLimits()


def decode(data: bytes, limits: DecodeLimits = _LIMITS, *, allocate: Allocate = in_ram) -> Picture:
    """Decode a picture file to 8-bit sRGB, by the rules of this package.

    The same bytes give the same pixels, whatever the process has set in Pillow. ``allocate`` says where
    the pixels go.

    Raises:
        Rejected: with the reason for which the file is not decoded.
    """
    container = identify(data, limits.max_bytes)
    check_header(container, data, limits.max_pixels)
    with guarded(limits.max_pixels), refusing(container, data):
        image = open_first(container, data, limits.max_pixels)
        return _develop(image, container, data, allocate)


def _develop(image: ImageFile.ImageFile, container: Container, data: bytes, allocate: Allocate) -> Picture:
    mode = image.mode
    image.load()  # before the metadata: a PNG may have some behind its pixels
    turn, opaque = orientation(image, data), opacity(image, data)
    converted = to_srgb(eight_bits(image), image.info.get("icc_profile"))
    rgb = packed(upright(on_white(converted.rgb, opaque), turn, loaded_from=image), allocate)
    facts = PictureFacts(
        format=image.format or container,
        width=rgb.shape[1],
        height=rgb.shape[0],
        mode=mode,
        frames=frames(image, container, data),
        orientation=turn,
        has_alpha=opaque is not None,
        has_profile=converted.by_profile,
    )
    return Picture(rgb=rgb, facts=facts)
