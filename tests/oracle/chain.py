"""All groups of hc148 in schema order, one after another."""

from __future__ import annotations

import numpy as np

from detector.features import HC148

from .colour import brightness, colour, colour_gradient, jpeg_ghost
from .common import Bytes, Values, plain
from .shape import edge_cooccurrence, extended_hog, fractal, shape, stroke
from .spectrum import frequency, midband, noise, residual_autocorrelation, wavelet
from .texture import enhanced_texture, gabor, multiscale_lbp, patch_consistency, self_similarity, texture

GROUPS = (
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
)


def extract_plainly(rgb: Bytes) -> Values:
    """The 148 values of a picture by name, nan where it doesn't determine one."""
    picture = plain(np.ascontiguousarray(rgb))
    values: Values = {}
    for group in GROUPS:
        values |= group(picture)
    return {name: values[name] for name in HC148.names}
