"""Operators on cases small enough to work out by hand, and against slow twins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import pywt  # type: ignore[import-untyped]  # PyWavelets ships no types
from scipy import fft, ndimage, signal

from detector.features.canvas import Canvas
from detector.features.groups.fractal import box_dimension
from detector.features.groups.gabor import gabor
from detector.features.groups.residual_autocorrelation import autocorrelation
from detector.features.operators.components import areas, label
from detector.features.operators.daubechies import diagonal_details
from detector.features.operators.filters import sobel, sobel_length
from detector.features.operators.glcm import cooccurrence
from detector.features.operators.haar import haar
from detector.features.operators.histogram import bin_scale, code_histogram, entropy, histogram, joint_counts
from detector.features.operators.hog import orientation
from detector.features.operators.moments import level_moments, moments
from detector.features.operators.patches import patch_variances, patches
from detector.features.operators.ranks import in_order, median, percentiles
from detector.features.operators.spectrum import folded, spectrum

from .golden import GOLDEN, pixels

RNG = np.random.default_rng(7)


def test_cooccurrence_of_a_four_by_four_picture_worked_by_hand() -> None:
    """Pairs to the right: 00 01 11 | 00 01 11 | 02 22 22 | 22 23 33, twelve of them."""
    image = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2], [2, 2, 3, 3]], dtype=np.uint8)
    matrix = np.array([[4, 2, 1, 0], [2, 4, 0, 0], [1, 0, 6, 1], [0, 0, 1, 2]]) / 24
    pairs = cooccurrence(image, 0, 1, levels=4)
    assert pairs.contrast == pytest.approx(14 / 24)
    assert pairs.homogeneity == pytest.approx((16 + 6 / 2 + 2 / 5) / 24)
    assert pairs.energy == pytest.approx(np.sqrt((matrix**2).sum()))
    mean = (7 * 0 + 6 * 1 + 8 * 2 + 3 * 3) / 24
    spread = (7 * 0 + 6 * 1 + 8 * 4 + 3 * 9) / 24 - mean**2
    product = sum(matrix[i, j] * (i - mean) * (j - mean) for i in range(4) for j in range(4))
    assert pairs.correlation == pytest.approx(product / spread)


@pytest.mark.parametrize(("dy", "dx"), [(0, 1), (1, 1), (1, 0), (1, -1), (2, -2), (3, 0)])
def test_cooccurrence_equals_sums_over_the_counted_matrix(dy: int, dx: int) -> None:
    image = RNG.integers(0, 8, (20, 23), dtype=np.uint8)
    matrix = np.zeros((8, 8))
    for y in range(20 - dy):
        for x in range(max(0, -dx), 23 - max(0, dx)):
            matrix[image[y, x], image[y + dy, x + dx]] += 1
            matrix[image[y + dy, x + dx], image[y, x]] += 1
    matrix /= matrix.sum()
    i, j = np.indices(matrix.shape)
    mean = (matrix * i).sum()
    expected = (
        (matrix * (i - j) ** 2).sum(),
        (matrix * (i - mean) * (j - mean)).sum() / (matrix * (i - mean) ** 2).sum(),
        np.sqrt((matrix**2).sum()),
        (matrix / (1 + (i - j) ** 2)).sum(),
    )
    assert cooccurrence(image, dy, dx, 8) == pytest.approx(expected, rel=1e-12)


def test_a_flat_picture_correlates_fully() -> None:
    assert cooccurrence(np.full((9, 9), 77, np.uint8), 0, 1) == (0.0, 1.0, 1.0, 1.0)


def test_a_histogram_counts_its_upper_end_in_the_last_bin() -> None:
    assert histogram(np.array([0.0, 0.2, 0.25, 0.5, 0.99, 1.0]), 4).tolist() == [2, 1, 1, 2]


def test_a_histogram_of_equal_values_spans_one_around_them() -> None:
    assert histogram(np.full(5, 3.0), 4).tolist() == [0, 0, 5, 0]
    assert bin_scale(3.0, 3.0, 2) == (2.5, 0.5)


@pytest.mark.parametrize("bins", [10, 50, 256])
def test_histograms_equal_numpys_on_values_that_sit_on_edges(bins: int) -> None:
    values = np.concatenate((np.arange(301) / 300, RNG.random(500), [0.3, 0.1 * 3, 0.7, 1.0]))
    assert histogram(values, bins).tolist() == np.histogram(values, bins)[0].tolist()
    shifted = 1e3 + 1e-9 * values
    assert histogram(shifted, bins).tolist() == np.histogram(shifted, bins)[0].tolist()


def test_a_code_histogram_spans_the_codes_present() -> None:
    counts = np.array([0, 0, 3, 0, 5, 0, 0, 0, 0, 2])
    assert (
        code_histogram(counts, 10).tolist() == np.histogram(np.repeat(np.arange(10), counts), 10)[0].tolist()
    )


def test_entropy_counts_empty_bins_as_nearly_nothing() -> None:
    assert entropy(np.array([5, 5, 0, 0])) == pytest.approx(np.log(2), abs=1e-8)
    share = (np.array([9.0, 0.0, 0.0]) + 1e-10) / (9 + 3e-10)
    assert entropy(np.array([9, 0, 0])) == pytest.approx(-(share * np.log(share)).sum(), rel=1e-12)


def test_moments_of_a_fair_coin() -> None:
    coin = moments(np.array([0.0, 1.0, 0.0, 1.0]))
    assert coin == (0.5, 0.25, -2.0, 0.0)
    assert level_moments(np.array([2, 2])) == pytest.approx(coin)


def test_constant_numbers_have_no_shape() -> None:
    kurtosis, skewness = moments(np.full(10, 0.1))[2:]
    assert np.isnan(kurtosis)
    assert np.isnan(skewness)


def test_sobel_has_gain_eight_on_a_ramp_and_equals_scipy() -> None:
    ramp = np.tile(np.arange(9.0), (9, 1))
    vertical, horizontal = sobel(ramp)
    assert np.all(horizontal[1:-1, 1:-1] == 8.0)
    assert not vertical.any()
    side_by_side = RNG.random((17, 12, 3))
    vertical, horizontal = sobel(side_by_side)
    for k in range(3):
        assert np.array_equal(vertical[..., k], ndimage.sobel(side_by_side[..., k], axis=0))
        assert np.array_equal(horizontal[..., k], ndimage.sobel(side_by_side[..., k], axis=1))


def test_the_length_of_the_sobel_gradient_has_the_bits_of_its_two_parts() -> None:
    image = RNG.random((23, 19))
    vertical, horizontal = sobel(image)
    assert np.array_equal(sobel_length(image), np.sqrt(vertical * vertical + horizontal * horizontal))


def test_components_are_numbered_in_raster_order() -> None:
    for density in (0.3, 0.5, 0.6):
        mask = RNG.random((97, 61)) < density
        expected, count = ndimage.label(mask)
        found, labels = label(mask, 4)
        assert found == count + 1
        assert np.array_equal(labels, expected)
        assert areas(mask, 4).tolist() == np.bincount(expected.ravel())[1:].tolist()


def test_haar_equals_pywavelets() -> None:
    image = RNG.random((6, 8))
    approximation, (across_rows, across_columns, across_both) = pywt.dwt2(image, "haar")
    for found, expected in zip(
        haar(image), (approximation, across_rows, across_columns, across_both), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-15)


def test_haar_repeats_the_last_row_and_column_of_an_odd_picture() -> None:
    level = haar(np.arange(9.0).reshape(3, 3))
    assert level.hh[1].tolist() == [0.0, 0.0]
    assert level.hl[1].tolist() == [-1.0, 0.0]


@pytest.mark.parametrize("level", [0.0, 50 / 255, 128 / 255, 200 / 255, 1.0])
def test_diagonal_details_have_the_bits_of_pywavelets(level: float) -> None:
    """Also on flat pictures and steps, where the order of summation decides what is exactly zero."""
    flat = np.full((255, 255), level)
    stepped = np.where(np.indices(flat.shape).sum(axis=0) < 300, flat, 0.7)
    for image in (flat, stepped, level * RNG.random(flat.shape)):
        _, across = pywt.dwt(image, "db2", mode="symmetric", axis=0)
        _, expected = pywt.dwt(across, "db2", mode="symmetric", axis=1)
        assert np.array_equal(diagonal_details(image), expected)


def test_patches_are_whole_and_in_raster_order() -> None:
    image = np.arange(255 * 255).reshape(255, 255)
    tiles = patches(image, 32)
    assert tiles.shape == (49, 32, 32)
    assert np.array_equal(tiles[8], image[32:64, 32:64])


def test_ring_energies_are_sums_over_the_centred_spectrum() -> None:
    image = RNG.random((255, 255))
    power = np.abs(fft.fftshift(fft.fft2(image))) ** 2
    rho = np.hypot(*np.meshgrid(np.arange(-127, 128), np.arange(-127, 128))) / np.hypot(127, 127)
    borders = (0.0, 0.2, 0.6, 1.0)
    rings = [power[(low <= rho) & (rho < high)].sum() for low, high in pairwise(borders)]
    np.testing.assert_allclose(spectrum(image).ring_energy(*borders), rings, rtol=1e-9)


def test_a_folded_sum_over_half_the_plane_is_that_over_the_whole() -> None:
    weights = RNG.random((255, 255))
    power = np.abs(fft.fft2(RNG.random((255, 255)))) ** 2
    half = power[:, :128].T
    assert (folded(weights) * half).sum() == pytest.approx((weights * power).sum(), rel=1e-12)


def test_variances_of_patches_equal_numpys() -> None:
    image = RNG.random((255, 255))
    for side in (8, 32):
        expected = patches(image, side).var(axis=(1, 2))
        np.testing.assert_allclose(patch_variances(image, side), expected, rtol=1e-12)


def test_joint_counts_are_those_of_the_digits_of_three_planes() -> None:
    red, green, blue = RNG.integers(0, 256, (3, 31, 33), dtype=np.uint8)
    digits = RNG.integers(0, 5, (3, 256), dtype=np.uint8)
    places = (digits[0, red] * 25 + digits[1, green] * 5 + digits[2, blue]).ravel()
    assert joint_counts((red, green, blue), digits, 5).tolist() == np.bincount(places, minlength=125).tolist()


def test_pairs_that_repeat_are_counted_as_pairs_that_change() -> None:
    """A row of long runs is counted another way; both are compared with the matrix itself."""
    noisy, runs = RNG.integers(0, 8, (20, 24), dtype=np.uint8), np.repeat(np.arange(6, dtype=np.uint8), 4)
    image = np.concatenate((noisy, np.tile(runs, (20, 1))))
    matrix = np.zeros((8, 8))
    np.add.at(matrix, (image[:, :-1].ravel(), image[:, 1:].ravel()), 1)
    matrix = (matrix + matrix.T) / (2 * matrix.sum())
    assert cooccurrence(image, 0, 1, 8).energy == pytest.approx(np.sqrt((matrix**2).sum()), rel=1e-12)


def test_an_angle_that_rounds_to_180_degrees_is_in_no_bin() -> None:
    image = np.zeros((3, 3))
    image[1, 2], image[0, 1] = 1.0, 1e-300
    assert orientation(image).bins[1, 1] == 9
    image[0, 1] = 0.0
    assert orientation(image).bins[1, 1] == 0


def test_order_statistics_equal_those_of_sorted_values() -> None:
    ties = np.repeat([0.25, 0.5, 0.75], 40)
    for values in (RNG.random(1001), RNG.standard_normal((20, 50)) ** 5, ties, np.full(7, 3.0), ties[:1]):
        assert in_order(values, 0, values.size // 3, values.size - 1) == [
            float(np.sort(values, axis=None)[k]) for k in (0, values.size // 3, values.size - 1)
        ]
        assert median(values) == np.median(values)
        assert percentiles(values, 30, 70, 80) == pytest.approx(
            np.percentile(values, (30, 70, 80)), rel=1e-14
        )


def test_box_dimensions_of_a_point_and_of_everything() -> None:
    point = np.zeros((255, 255), np.bool_)
    point[3, 3] = True
    assert box_dimension(point) == pytest.approx(0.0, abs=1e-12)
    assert box_dimension(np.zeros((255, 255), np.bool_)) == 1.0
    sides = np.array([2, 4, 8, 16, 32, 64])
    slope = np.polyfit(np.log(1 / sides), np.log((255 // sides) ** 2.0), 1)[0]
    assert box_dimension(np.ones((255, 255), np.bool_)) == pytest.approx(slope)


def test_autocorrelation_equals_the_correlation_of_pooled_pairs() -> None:
    residual = ndimage.gaussian_filter(RNG.standard_normal((255, 255)), 1.0) + 5.0
    found = autocorrelation(residual)
    for lag in (1, 2, 17, 62):
        pairs = np.corrcoef(residual[:, : 255 - lag].ravel(), residual[:, lag:].ravel())
        assert found[lag] == pytest.approx(pairs[0, 1], abs=1e-12)


@pytest.mark.parametrize("turn", [1, -1])
def test_autocorrelation_is_undefined_where_one_side_of_the_pairs_is_flat(turn: int) -> None:
    residual = np.zeros((255, 255))
    residual[:, 225:] = RNG.standard_normal((255, 30))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.isnan(autocorrelation(residual[:, ::turn]))
    assert not found[:30].any()
    assert found[30:].all()


def test_gabor_energies_equal_plain_two_dimensional_convolution() -> None:
    canvas = Canvas(pixels(GOLDEN / "pictures" / "03_chelsea.png"))
    energies = gabor(canvas)
    for i, f in enumerate((0.1, 0.4)):
        sigma = np.sqrt(np.log(2) / 2) * 3 / (np.pi * f)
        for j, angle in enumerate((0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)):
            half = int(np.ceil(max(abs(3 * sigma * np.cos(angle)), abs(3 * sigma * np.sin(angle)), 1)))
            y, x = np.mgrid[-half : half + 1, -half : half + 1]
            along = x * np.cos(angle) + y * np.sin(angle)
            kernel = np.exp(-(x**2 + y**2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
            kernel = kernel * np.exp(2j * np.pi * f * along)
            response = signal.fftconvolve(np.pad(canvas.gray, half, mode="symmetric"), kernel, mode="valid")
            name = f"gabor_f{(0, 3)[i]}_t{j}_energy"
            assert energies[name] == pytest.approx(np.abs(response).mean(), rel=1e-7, abs=2e-9)
