"""Open the first picture of a file; nothing is decoded yet."""

from __future__ import annotations

import io

# Each plugin registers itself with Pillow; otherwise the first WebP, TIFF or AVIF would import all fifty.
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from detector.decode.container import Container
from detector.decode.headers import check_pixels, tiff
from detector.reasons import Reason, Rejected

_REGISTERED = (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)


def open_first(container: Container, data: bytes, max_pixels: int) -> ImageFile.ImageFile:
    """The file as Pillow sees it, at its first frame or page.

    Raises:
        Rejected: the picture has more than ``max_pixels``, or a TIFF more strips than file.
        OSError, ValueError and other kin: as Pillow raises them.
    """
    image = Image.open(io.BytesIO(data), formats=[container])
    check_pixels(image.width * image.height, max_pixels)
    if isinstance(image, TiffImagePlugin.TiffImageFile) and tiff.promised_bytes(image.tag_v2) > len(data):
        raise Rejected(
            Reason.TRUNCATED, "The TIFF file is smaller than the strips that it lists; upload it again."
        )
    return image
