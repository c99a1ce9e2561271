"""What every picture may rely on."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from detector.features import ALL_GROUPS, HC148, extract
from detector.features.arrays import Pixels
from detector.features.catalogue import SCHEMAS
from detector.features.extraction import GROUPS
from detector.reasons import Reason, Rejected

from .golden import PICTURES, pixels

_ASTRONAUT = pixels(PICTURES[0])


@st.composite
def pictures(draw: st.DrawFn) -> Pixels:
    """Noise, few colours, gradients and flat areas, of odd sizes and extreme shapes."""
    height, width = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(("noise", "levels", "ramp", "flat", "blocks")))
    if kind == "flat":
        return np.broadcast_to(rng.integers(0, 256, 3, dtype=np.uint8), (height, width, 3)).copy()
    if kind == "levels":
        levels = rng.integers(0, 256, draw(st.integers(1, 4)), dtype=np.uint8)
        return rng.choice(levels, (height, width, 3))
    if kind == "ramp":
        slope = (
            np.linspace(0, 255, width)[None, :, None] * rng.random(3) + np.arange(height)[:, None, None] / 9
        )
        return np.clip(slope, 0, 255).astype(np.uint8)
    if kind == "blocks":
        small = rng.integers(0, 256, (height // 20 + 1, width // 20 + 1, 3), dtype=np.uint8)
        return small.repeat(20, axis=0).repeat(20, axis=1)[:height, :width].copy()
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(max_examples=40, deadline=None)
@given(rgb=pictures())
def test_every_value_is_in_its_range_or_masked_and_comes_out_again(rgb: Pixels) -> None:
    features = extract(rgb, ALL_GROUPS)
    catalogue = [feature for name in ALL_GROUPS for feature in SCHEMAS[name].features]
    for feature, value, replaced in zip(catalogue, features.values, features.replaced, strict=True):
        slack = 1e-9 * max(1.0, abs(float(value)))
        within = feature.low - slack <= value <= feature.high + slack
        assert replaced != bool(np.isfinite(value))
        assert replaced or within, f"{feature.name} = {value}"
    again = extract(rgb, ALL_GROUPS)
    assert features.values.tobytes() == again.values.tobytes()


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_number_of_threads_changes_no_bit(threads: int) -> None:
    plain = extract(_ASTRONAUT, ALL_GROUPS).values
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        with threadpool_limits(limits=threads):
            limited = extract(_ASTRONAUT, ALL_GROUPS).values
    finally:
        cv2.setNumThreads(before)
    assert plain.tobytes() == limited.tobytes()


def test_groups_come_in_the_order_asked_for_and_share_their_values() -> None:
    features = extract(_ASTRONAUT, ("linework8", "hc148"))
    assert features.names == SCHEMAS["linework8"].names + HC148.names
    assert np.array_equal(features.values[8:], extract(_ASTRONAUT).values, equal_nan=True)


def test_the_picture_is_left_as_it_was() -> None:
    rgb = _ASTRONAUT.copy()
    extract(rgb, ALL_GROUPS)
    assert np.array_equal(rgb, _ASTRONAUT)
    assert rgb.flags.writeable


def test_strided_and_read_only_pictures_are_taken() -> None:
    flipped = _ASTRONAUT[:, ::-1]
    flipped.setflags(write=False)
    assert np.array_equal(extract(flipped).values, extract(flipped.copy()).values, equal_nan=True)


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((64, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
    ],
    ids=["gray", "four channels", "float", "empty"],
)
def test_arrays_of_another_kind_are_refused(rgb: Pixels) -> None:
    with pytest.raises(ValueError, match="a picture is uint8"):
        extract(rgb)


def test_a_group_that_fails_rejects_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> dict[str, float]:
        raise FloatingPointError("singular")

    monkeypatch.setattr("detector.features.extraction.GROUPS", {**GROUPS, "gabor": broken})
    with pytest.raises(Rejected, match="gabor") as caught:
        extract(_ASTRONAUT)
    assert caught.value.reason is Reason.EXTRACTION_FAILED
    assert isinstance(caught.value.__cause__, FloatingPointError)


@pytest.mark.parametrize("level", [0, 1, 50, 128, 200, 255])
def test_flat_pictures_have_the_stated_values(level: int) -> None:
    features = extract(np.full((255, 255, 3), level, np.uint8))
    value = dict(zip(features.names, features.values.tolist(), strict=True))
    expected = {
        "contrast": 0.0,
        "correlation": 1.0,
        "energy": 1.0,
        "homogeneity": 1.0,
        "rgb_entropy": 1.77e-9,
        "hog_mean": 0.0,
        "hog_entropy": 2.28e-11,
        "edgelen": 0.0,
        "dct_ac_dc_ratio": 0.0,
        "edge_cooc_homogeneity_mean": 1.0,
        "edge_cooc_contrast_mean": 0.0,
        "fractal_dim_gray": 1.0,
        "fractal_dim_edges": 1.0,
        "stroke_edge_roughness": 0.0,
        "selfsim_near_duplicate_ratio": 1.0 if level else 0.0,
        "hog_fine_entropy": 5.2e-12,
        "hog_coarse_entropy": 1.2e-10,
    }
    if level:
        expected |= {
            "lbp_entropy": 0.0809,
            "lbp_variance": 0.1394,
            "lbp_hist_kurtosis": 5.107,
            "lbp_hist_skew": 2.665,
            "lbp_hist_max": 0.984,
            "lbp_coarse_entropy": 0.162,
            "spectral_slope_deviation": 0.18652,
            "mslbp_s1_mean": 7.953,
            "mslbp_s2_mean": 15.812,
            "mslbp_s3_mean": 23.578,
            "mslbp_s3_entropy": 0.2424,
        }
    assert {name: value[name] for name in expected} == pytest.approx(expected, rel=2e-2, abs=1e-12)
    assert np.isnan([value["red_kurtosis"], value["hue_skewness"], value["hog_kurtosis"]]).all()


@pytest.mark.parametrize(("level", "cancels"), [(0, True), (5, True), (180, True), (1, False), (128, False)])
def test_noise_is_undefined_where_the_wavelet_leaves_nothing(level: int, cancels: bool) -> None:
    features = extract(np.full((255, 255, 3), level, np.uint8))
    noise = features.replaced[[features.names.index("noise_entropy"), features.names.index("snr")]]
    assert noise.tolist() == [cancels, cancels]


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="page faults are counted as Linux counts them"
)
def test_memory_is_reused_from_picture_to_picture() -> None:
    """The canvas' arrays fault in once, not once a picture."""
    program = """
import resource, numpy as np
from detector.features import extract
rgb = np.random.default_rng(1).integers(0, 256, (255, 255, 3), dtype=np.uint8)
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3): extract(rgb)
before = faults()
for _ in range(5): extract(rgb)
print(faults() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 5 * 4000
