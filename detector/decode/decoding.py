"""One file's way through the rules."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageFile

from detector.decode.container import Container, identify
from detector.decode.depth import eight_bits
from detector.decode.failures import refusing
from detector.decode.frames import frames
from detector.decode.guard import guarded
from detector.decode.headers import check_header
from detector.decode.limits import DecodeLimits
from detector.decode.opening import open_first
from detector.decode.orientation import orientation, upright
from detector.decode.packing import packed
from detector.decode.profile import to_srgb
from detector.decode.transparency import on_white, opacity
from detector.picture import Picture, PictureFacts

_LIMITS = DecodeLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Developed:
    """A decoded picture in Pillow's hands."""

    rgb: Image.Image
    """Mode RGB: opaque, upright sRGB."""
    facts: PictureFacts


def decode(data: bytes, limits: DecodeLimits = _LIMITS) -> Picture:
    """Decode a picture file to 8-bit sRGB, by the rules of this package.

    The same bytes give the same pixels, whatever the process has set in Pillow.

    Raises:
        Rejected: with the reason for which the file is not decoded.
    """
    developed = develop(data, limits)
    return Picture(rgb=packed(developed.rgb), facts=developed.facts)


def develop(data: bytes, limits: DecodeLimits) -> Developed:
    """As `decode`, before the pixels are packed: for those who want them elsewhere.

    Raises:
        Rejected: with the reason for which the file is not decoded.
    """
    container = identify(data, limits.max_bytes)
    check_header(container, data, limits.max_pixels)
    with guarded(limits.max_pixels), refusing(container, data):
        image = open_first(container, data, limits.max_pixels)
        return _develop(image, container, data)


def _develop(image: ImageFile.ImageFile, container: Container, data: bytes) -> Developed:
    mode = image.mode
    image.load()  # before the metadata: a PNG may have some behind its pixels
    turn, opaque = orientation(image, data), opacity(image, data)
    converted = to_srgb(eight_bits(image), image.info.get("icc_profile"))
    rgb = upright(on_white(converted.rgb, opaque), turn, loaded_from=image)
    facts = PictureFacts(
        format=image.format or container,
        width=rgb.width,
        height=rgb.height,
        mode=mode,
        frames=frames(image, container, data),
        orientation=turn,
        has_alpha=opaque is not None,
        has_profile=converted.by_profile,
    )
    return Developed(rgb=rgb, facts=facts)
