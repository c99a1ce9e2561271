"""The hash that near-duplicates share."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from detector.perceptual import differing_bits, fingerprint, perceptual_hash
from detector.picture import Picture, PictureFacts
from tests.pictures import Pixels, encode, flat, painting


def hashed(pixels: Pixels) -> int:
    return perceptual_hash(picture(pixels))


def picture(pixels: Pixels) -> Picture:
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
    return Picture(rgb=pixels, facts=facts)


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


def test_the_contrast_of_a_flat_picture_is_none_and_that_of_stripes_is_their_deviation() -> None:
    assert fingerprint(picture(flat(64, 64))).contrast < 0.01
    ramp = np.repeat(np.linspace(0, 255, 256, dtype=np.uint8)[None, :, None], 256, axis=0).repeat(3, axis=2)
    assert fingerprint(picture(ramp)).contrast == pytest.approx(ramp.std(), rel=0.02)
    faint = (100 + ramp // 64).astype(np.uint8)
    assert fingerprint(picture(faint)).contrast < 4 < fingerprint(picture(painting(64, 64, seed=1))).contrast


def test_a_fingerprint_has_the_perceptual_hash() -> None:
    painted = picture(painting(100, 80, seed=2))
    assert fingerprint(painted).hash == perceptual_hash(painted)
