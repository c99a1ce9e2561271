"""The 255 x 255 canvas of a picture and what several feature groups see in it, each computed once."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from detector.features.arrays import Counts, Levels, Mask, Pixels, Real
from detector.features.operators import canny, glcm, hog, lbp, luma
from detector.features.operators.colour_spaces import hsv, lab
from detector.features.operators.filters import sobel
from detector.features.operators.haar import HaarLevel, haar
from detector.features.operators.histogram import level_counts
from detector.features.operators.patches import patches
from detector.features.operators.planes import length
from detector.features.operators.resize import to_canvas
from detector.features.operators.spectrum import Spectrum, spectrum


class Canvas:
    """Lazy, shared intermediates of one picture.

    Groups read from a canvas and never write to it: the pixel arrays are read-only. One canvas belongs to
    one thread; different canvases don't share anything that changes.
    """

    def __init__(self, rgb: Pixels) -> None:
        """Resize ``rgb``, uint8 (H, W, 3), by the input rule."""
        self.rgb: Pixels = to_canvas(rgb).view()
        """uint8 (255, 255, 3), as the moments of colour see it."""
        self.rgb.setflags(write=False)
        self._slopes: dict[float, canny.Slope] = {}
        self._thinned: dict[tuple[float, float], Mask] = {}
        self._edges: dict[tuple[float, float, float], Mask] = {}
        self._codes: dict[tuple[int, int], Counts] = {}
        self._hogs: dict[int, Real] = {}

    @cached_property
    def rgb8(self) -> Pixels:
        """The scale rule: a picture that holds nothing but 0 and 1 is stretched to 0 and 255.

        Kept from the original, which took such a picture for one already in [0, 1] (specification,
        sections 1 and 5.6). ``rgb8 / 255`` is the ``u`` of the specification in both cases.
        """
        rgb8 = self.rgb if self.rgb.max() > 1 else self.rgb * np.uint8(255)
        rgb8.setflags(write=False)
        return rgb8

    @cached_property
    def gray(self) -> Real:
        """Luma, float64 (255, 255) in [0, 1]; G of the specification."""
        gray = luma.gray(self.rgb8)
        gray.setflags(write=False)
        return gray

    @cached_property
    def gray8(self) -> Levels:
        """Truncated luma, uint8 (255, 255)."""
        gray8 = luma.gray8(self.gray)
        gray8.setflags(write=False)
        return gray8

    @cached_property
    def hsv(self) -> tuple[Real, Real, Real]:
        """Hue, saturation, value, each (255, 255) in [0, 1]."""
        return hsv(self.rgb8)

    @cached_property
    def lab(self) -> tuple[Real, Real, Real]:
        """CIE L*, a*, b*, each (255, 255)."""
        return lab(self.rgb8)

    @cached_property
    def sobel(self) -> tuple[Real, Real]:
        """Sobel differences (D_y, D_x) of the gray canvas."""
        return sobel(self.gray)

    @cached_property
    def steepness(self) -> Real:
        """Length of the Sobel gradient of the gray canvas."""
        vertical, horizontal = self.sobel
        return length(vertical, horizontal)

    @cached_property
    def patches16(self) -> Real:
        """The 225 gray patches of 16 x 16, (225, 16, 16)."""
        return patches(self.gray, 16)

    @cached_property
    def spectrum(self) -> Spectrum:
        """Fourier transform of the gray canvas."""
        return spectrum(self.gray)

    @cached_property
    def haar(self) -> tuple[HaarLevel, HaarLevel]:
        """Two levels of the Haar transform of the gray canvas: 128 x 128, 64 x 64."""
        first = haar(self.gray)
        return first, haar(first.approximation)

    @cached_property
    def right_neighbours(self) -> glcm.Cooccurrence:
        """Co-occurrence of the gray levels of horizontal neighbours."""
        return glcm.cooccurrence(self.gray8, 0, 1)

    def edges(self, sigma: float = 1.0, low: float = 0.1, high: float = 0.2) -> Mask:
        """Canny's map of the gray canvas; settings with equal blur or low threshold share their work."""
        key = (sigma, low, high)
        if key not in self._edges:
            if sigma not in self._slopes:
                self._slopes[sigma] = canny.slope(self.gray, sigma)
            slope = self._slopes[sigma]
            if (sigma, low) not in self._thinned:
                self._thinned[sigma, low] = canny.thin(slope, low)
            self._edges[key] = canny.link(self._thinned[sigma, low], slope.magnitude, high)
        return self._edges[key]

    def lbp_counts(self, points: int, radius: int) -> Counts:
        """How often each local binary pattern code 0 .. points + 1 occurs."""
        key = (points, radius)
        if key not in self._codes:
            codes = lbp.lbp(self.gray8, points, radius)
            self._codes[key] = level_counts(codes, points + 2)
        return self._codes[key]

    @cached_property
    def orientation(self) -> hog.Orientation:
        """Gradient length and direction bin at each pixel, for the histograms of oriented gradients."""
        return hog.orientation(self.gray)

    def hog(self, cell: int) -> Real:
        """Histograms of oriented gradients with cells of ``cell`` pixels, block-normalised, flat."""
        if cell not in self._hogs:
            self._hogs[cell] = hog.hog(self.orientation, cell)
        return self._hogs[cell]
