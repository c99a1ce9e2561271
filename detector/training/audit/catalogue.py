"""The facts of a file by name, in groups: what a model must not be able to tell the classes by."""

from __future__ import annotations

from detector.decode.container import Container

_SIDES = ("top", "bottom", "left", "right")

FACTS: dict[str, dict[str, str]] = {
    "size": {
        "longer_side": "longer side in pixels",
        "shorter_side": "shorter side in pixels",
        "megapixels": "million pixels",
        "step": "largest power of two that divides both sides (generators like multiples of 64)",
    },
    "aspect": {
        "aspect": "width by height",
        "oblongness": "longer by shorter side",
    },
    "format": {
        **{f"is_{kind.lower()}": f"1 of a {kind} file" for kind in Container},
        "bits": "bits of one sample",
        "alpha": "1 where something is transparent",
        "frames": "frames or pages",
    },
    "compression": {
        "kilobytes": "thousand bytes of the file",
        "bytes_per_pixel": "bytes of the file by pixel",
        "jpeg_quality": "quality that the JPEG's table is nearest to",
        "jpeg_chroma": "samples of luminance for each of a colour",
        "progressive": "1 where it is coded in passes: progressive JPEG, interlaced PNG",
    },
    "metadata": {
        "exif": "bytes of EXIF",
        "xmp": "bytes of XMP",
        "profile": "bytes of an ICC profile",
        "text": "bytes of comments and text",
        "turned": "1 where EXIF turns the picture",
    },
    "borders": {
        **{f"{side}_plain": f"share of the {side} edge that is one colour" for side in _SIDES},
        **{f"{side}_margin": f"depth of the flat margin at the {side}, as a share" for side in _SIDES},
    },
    "look": {
        "brightness": "mean of gray, 0 to 1",
        "contrast": "standard deviation of gray, 0 to 1",
        "flatness": "share of places like their neighbours",
    },
}
"""What each fact says, by group and name. Those of ``look`` belong to what the picture shows."""

LOOK = "look"
FILE_GROUPS = tuple(group for group in FACTS if group != LOOK)
"""Groups that say nothing of what a picture shows: no model may learn from them."""
NAMES = tuple(name for group in FACTS.values() for name in group)
"""All facts, in the order in which they are written."""
