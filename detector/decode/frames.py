"""How many frames, pages or pictures a file declares. Only the first is decoded."""

from __future__ import annotations

from PIL import ImageFile

from detector.decode.container import Container
from detector.decode.headers import gif, ifd

_MOST_PAGES = 10_000
"""Pages of a TIFF that are counted."""


def frames(image: ImageFile.ImageFile, container: Container, data: bytes) -> int:
    """At least 1. Where counting means reading on (GIF, TIFF), it stops after a bounded number of steps."""
    if container is Container.GIF:
        return gif.frames(data)
    if container is Container.TIFF:
        return ifd.directories(data, _MOST_PAGES)
    return int(getattr(image, "n_frames", 1))
