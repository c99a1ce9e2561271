"""The golden pictures decode to exactly their pixels, on which the golden features stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.decode import decode

PICTURES = sorted((Path(__file__).parents[2] / "data" / "golden" / "pictures").glob("*.png"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_golden_picture_keeps_its_pixels(path: Path) -> None:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert np.array_equal(decode(path.read_bytes()).rgb, pixels)
