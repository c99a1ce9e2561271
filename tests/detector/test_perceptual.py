"""The hash that near-duplicates share."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from detector.perceptual import differing_bits, perceptual_hash
from detector.picture import Picture, PictureFacts
from tests.pictures import Pixels, encode, flat, painting


def hashed(pixels: Pixels) -> int:
    height, width = pixels.shape[:2]
    facts = PictureFacts(
        format="PNG",
        width=width,
        height=height,
        mode="RGB",
        frames=1,
        orientation=1,
        has_alpha=False,
        has_profile=False,
    )
    return perceptual_hash(Picture(rgb=pixels, facts=facts))


def test_a_picture_that_was_encoded_again_and_scaled_stays_near() -> None:
    original = painting(300, 400, seed=1)
    with Image.open(io.BytesIO(encode(original, "JPEG", quality=60))) as file:
        smaller = np.asarray(file.resize((200, 150)))
    assert differing_bits(hashed(original), hashed(smaller)) <= 6


def test_other_pictures_are_far() -> None:
    hashes = [hashed(painting(200, 200, seed=seed)) for seed in range(6)]
    apart = [differing_bits(a, b) for number, a in enumerate(hashes) for b in hashes[:number]]
    assert min(apart) >= 16


def test_it_fits_a_signed_64_bit_column() -> None:
    for pixels in (flat(64, 64), painting(64, 300, seed=3), painting(300, 64, seed=4)):
        assert -(2**63) <= hashed(pixels) < 2**63
