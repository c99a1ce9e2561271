"""The one list of all features: name, group, unit and range, in the order of the schema.

Units: ``1`` a pure number or share; ``level`` of 0 to 255; ``code`` of a local binary pattern; ``nat``
entropy or logarithm; ``dB``; ``rad``; ``pixel``; ``cycle/pixel``; ``eighth`` of the circle; ``Lab`` distance;
``peak`` a count.
Ranges hold for every picture, up to rounding; a feature that a picture doesn't determine is nan instead.
Source of names and order: hc148 specification, section 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One scalar of a picture."""

    name: str
    group: str
    """Name of the function in ``detector.features.groups`` that computes it."""
    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A named, ordered and hashed list of features."""

    name: str
    version: int
    features: tuple[Feature, ...]
    names: tuple[str, ...] = field(init=False)
    sha256: str = field(init=False)
    """Of the names joined by single newlines, UTF-8, in hexadecimal."""

    def __post_init__(self) -> None:
        names = tuple(feature.name for feature in self.features)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "sha256", hashlib.sha256("\n".join(names).encode()).hexdigest())

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups in the order of their first feature."""
        return tuple(dict.fromkeys(feature.group for feature in self.features))


_Row = tuple[str, str, str, float, float]

_HC148: tuple[_Row, ...] = (
    # name, group, unit, low, high
    ("mean_brightness", "brightness", "1", 0.0, 1.0),
    ("entropy_brightness", "brightness", "nat", 0.0, 5.55),
    ("red_mean", "colour", "level", 0.0, 255.0),
    ("red_variance", "colour", "level^2", 0.0, 16256.25),
    ("red_kurtosis", "colour", "1", -2.0, 65025.0),
    ("red_skewness", "colour", "1", -255.0, 255.0),
    ("green_mean", "colour", "level", 0.0, 255.0),
    ("green_variance", "colour", "level^2", 0.0, 16256.25),
    ("green_kurtosis", "colour", "1", -2.0, 65025.0),
    ("green_skewness", "colour", "1", -255.0, 255.0),
    ("blue_mean", "colour", "level", 0.0, 255.0),
    ("blue_variance", "colour", "level^2", 0.0, 16256.25),
    ("blue_kurtosis", "colour", "1", -2.0, 65025.0),
    ("blue_skewness", "colour", "1", -255.0, 255.0),
    ("rgb_entropy", "colour", "nat", 0.0, 10.4),
    ("hue_variance", "colour", "1", 0.0, 0.25),
    ("hue_kurtosis", "colour", "1", -2.0, 65025.0),
    ("hue_skewness", "colour", "1", -255.0, 255.0),
    ("saturation_variance", "colour", "1", 0.0, 0.25),
    ("saturation_kurtosis", "colour", "1", -2.0, 65025.0),
    ("saturation_skewness", "colour", "1", -255.0, 255.0),
    ("value_variance", "colour", "1", 0.0, 0.25),
    ("value_kurtosis", "colour", "1", -2.0, 65025.0),
    ("value_skewness", "colour", "1", -255.0, 255.0),
    ("hsv_entropy", "colour", "nat", 0.0, 10.4),
    ("contrast", "texture", "level^2", 0.0, 65025.0),
    ("correlation", "texture", "1", -1.0, 1.0),
    ("energy", "texture", "1", 0.0, 1.0),
    ("homogeneity", "texture", "1", 0.0, 1.0),
    ("lbp_entropy", "texture", "nat", 0.0, 2.31),
    ("lbp_variance", "texture", "code^2", 0.0, 20.25),
    ("hog_mean", "shape", "1", 0.0, 1.0),
    ("hog_variance", "shape", "1", 0.0, 0.25),
    ("hog_kurtosis", "shape", "1", -2.0, 7056.0),
    ("hog_skewness", "shape", "1", -84.0, 84.0),
    ("hog_entropy", "shape", "nat", 0.0, 3.92),
    ("edgelen", "shape", "pixel", 0.0, 64009.0),
    ("noise_entropy", "noise", "nat", 0.0, 5.55),
    ("snr", "noise", "dB", -100.0, inf),
    ("fft_low_energy_ratio", "frequency", "1", 0.0, 1.0),
    ("fft_mid_energy_ratio", "frequency", "1", 0.0, 1.0),
    ("fft_high_energy_ratio", "frequency", "1", 0.0, 1.0),
    ("fft_spectral_centroid", "frequency", "cycle/pixel", -inf, inf),
    ("fft_log_mag_mean", "frequency", "nat", -23.03, 11.09),
    ("fft_log_mag_std", "frequency", "nat", 0.0, 17.1),
    ("fft_phase_std", "frequency", "rad", 0.0, 3.15),
    ("dct_ac_dc_ratio", "frequency", "1", 0.0, inf),
    ("dct_high_freq_energy", "frequency", "1", 0.0, 1.0),
    ("dct_sparsity", "frequency", "1", 0.0, 1.0),
    ("glcm_multi_contrast_mean", "enhanced_texture", "level^2", 0.0, 65025.0),
    ("glcm_multi_contrast_std", "enhanced_texture", "level^2", 0.0, 32512.5),
    ("glcm_multi_correlation_mean", "enhanced_texture", "1", -1.0, 1.0),
    ("glcm_multi_correlation_std", "enhanced_texture", "1", 0.0, 1.0),
    ("glcm_multi_energy_mean", "enhanced_texture", "1", 0.0, 1.0),
    ("glcm_multi_energy_std", "enhanced_texture", "1", 0.0, 0.5),
    ("glcm_multi_homogeneity_mean", "enhanced_texture", "1", 0.0, 1.0),
    ("glcm_multi_homogeneity_std", "enhanced_texture", "1", 0.0, 0.5),
    ("lbp_hist_kurtosis", "enhanced_texture", "1", -2.0, 10.0),
    ("lbp_hist_skew", "enhanced_texture", "1", -2.67, 2.67),
    ("lbp_hist_max", "enhanced_texture", "1", 0.0, 1.0),
    ("lbp_coarse_entropy", "enhanced_texture", "nat", 0.0, 2.9),
    ("dct_block_energy_mean", "enhanced_texture", "1", 0.0, 16.0),
    ("dct_block_energy_std", "enhanced_texture", "1", 0.0, 8.0),
    ("midband_energy_ratio", "midband", "1", 0.0, 1.0),
    ("midband_deviation", "midband", "1", -0.1, 0.9),
    ("spectral_slope_deviation", "midband", "1", 0.0, 1.0),
    ("high_to_mid_ratio", "midband", "1", 0.0, inf),
    ("patch_mean_cv", "patch_consistency", "1", 0.0, 7.0),
    ("patch_std_cv", "patch_consistency", "1", 0.0, 7.0),
    ("patch_edge_cv", "patch_consistency", "1", 0.0, 7.0),
    ("patch_freq_centroid_cv", "patch_consistency", "1", 0.0, 7.0),
    ("patch_freq_centroid_range", "patch_consistency", "cycle/pixel", 0.0, 0.7072),
    ("patch_coherence_score", "patch_consistency", "1", -1.0, 1.0),
    ("mslbp_s1_mean", "multiscale_lbp", "code", 0.0, 9.0),
    ("mslbp_s1_var", "multiscale_lbp", "code^2", 0.0, 20.25),
    ("mslbp_s2_mean", "multiscale_lbp", "code", 0.0, 17.0),
    ("mslbp_s2_var", "multiscale_lbp", "code^2", 0.0, 72.25),
    ("mslbp_s3_mean", "multiscale_lbp", "code", 0.0, 25.0),
    ("mslbp_s3_var", "multiscale_lbp", "code^2", 0.0, 156.25),
    ("mslbp_s3_entropy", "multiscale_lbp", "nat", 0.0, 3.26),
    ("mslbp_s3_uniformity", "multiscale_lbp", "1", 0.0, 1.0),
    ("gabor_f0_t0_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f0_t1_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f0_t2_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f0_t3_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f1_t0_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f1_t1_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f1_t2_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f1_t3_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f2_t0_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f2_t1_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f2_t2_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f2_t3_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f3_t0_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f3_t1_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f3_t2_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_f3_t3_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_mean_energy", "gabor", "1", 0.0, 1.01),
    ("gabor_std_energy", "gabor", "1", 0.0, 0.51),
    ("wvt_L1_LH_mean", "wavelet", "1", 0.0, 1.0),
    ("wvt_L1_LH_std", "wavelet", "1", 0.0, 1.0),
    ("wvt_L1_HL_mean", "wavelet", "1", 0.0, 1.0),
    ("wvt_L1_HL_std", "wavelet", "1", 0.0, 1.0),
    ("wvt_L1_HH_mean", "wavelet", "1", 0.0, 1.0),
    ("wvt_L1_HH_std", "wavelet", "1", 0.0, 1.0),
    ("wvt_L2_LH_mean", "wavelet", "1", 0.0, 2.0),
    ("wvt_L2_LH_std", "wavelet", "1", 0.0, 2.0),
    ("wvt_L2_HL_mean", "wavelet", "1", 0.0, 2.0),
    ("wvt_L2_HL_std", "wavelet", "1", 0.0, 2.0),
    ("wvt_L2_HH_mean", "wavelet", "1", 0.0, 2.0),
    ("wvt_L2_HH_std", "wavelet", "1", 0.0, 2.0),
    ("edge_cooc_contrast_mean", "edge_cooccurrence", "eighth^2", 0.0, 49.0),
    ("edge_cooc_contrast_std", "edge_cooccurrence", "eighth^2", 0.0, 24.5),
    ("edge_cooc_homogeneity_mean", "edge_cooccurrence", "1", 0.0, 1.0),
    ("edge_cooc_homogeneity_std", "edge_cooccurrence", "1", 0.0, 0.5),
    ("edge_cooc_energy_mean", "edge_cooccurrence", "1", 0.0, 1.0),
    ("edge_cooc_energy_std", "edge_cooccurrence", "1", 0.0, 0.5),
    ("edge_cooc_correlation_mean", "edge_cooccurrence", "1", -1.0, 1.0),
    ("edge_cooc_correlation_std", "edge_cooccurrence", "1", 0.0, 1.0),
    ("fractal_dim_gray", "fractal", "1", 0.0, 2.3),
    ("fractal_dim_edges", "fractal", "1", 0.0, 2.3),
    ("acf_n_secondary_peaks", "residual_autocorrelation", "peak", 0.0, 29.0),
    ("acf_max_secondary_peak", "residual_autocorrelation", "1", -1.0, 1.0),
    ("acf_decay_rate", "residual_autocorrelation", "1", -2.0, 2.0),
    ("acf_lag2", "residual_autocorrelation", "1", -1.0, 1.0),
    ("acf_lag8", "residual_autocorrelation", "1", -1.0, 1.0),
    ("stroke_edge_roughness", "stroke", "1", 0.0, 1.0),
    ("stroke_edge_length_var", "stroke", "pixel^2", 0.0, inf),
    ("stroke_edge_curvature_mean", "stroke", "rad", 0.0, 3.15),
    ("stroke_edge_curvature_std", "stroke", "rad", 0.0, 1.58),
    ("color_grad_curvature_mean", "colour_gradient", "Lab", 0.0, inf),
    ("color_grad_curvature_std", "colour_gradient", "Lab", 0.0, inf),
    ("blend_saturation_dip", "colour_gradient", "1", 0.0, 1.0),
    ("blend_lightness_dip", "colour_gradient", "1", 0.0, 1.0),
    ("selfsim_min_dist", "self_similarity", "1", 0.0, 1.0),
    ("selfsim_mean_min_dist", "self_similarity", "1", 0.0, 1.0),
    ("selfsim_near_duplicate_ratio", "self_similarity", "1", 0.0, 1.0),
    ("selfsim_dist_std", "self_similarity", "1", 0.0, 0.5),
    ("hog_fine_energy", "extended_hog", "1", 0.0, 900.0),
    ("hog_fine_entropy", "extended_hog", "nat", 0.0, 3.92),
    ("hog_coarse_energy", "extended_hog", "1", 0.0, 36.0),
    ("hog_coarse_entropy", "extended_hog", "nat", 0.0, 3.92),
    ("hog_fine_coarse_ratio", "extended_hog", "1", 0.0, inf),
    ("hog_energy_ratio_to_mean", "extended_hog", "1", 0.0, inf),
    ("jpeg_ghost_q50_rmse", "jpeg_ghost", "level", 0.0, 255.0),
    ("jpeg_ghost_q70_rmse", "jpeg_ghost", "level", 0.0, 255.0),
    ("jpeg_ghost_q90_rmse", "jpeg_ghost", "level", 0.0, 255.0),
    ("jpeg_ghost_rmse_slope", "jpeg_ghost", "level", -255.0, 255.0),
)

_COLOR_COHERENCE6: tuple[_Row, ...] = (
    ("ccv_red_coherent_ratio", "colour_coherence", "1", 0.0, 1.0),
    ("ccv_red_incoherent_ratio", "colour_coherence", "1", 0.0, 1.0),
    ("ccv_green_coherent_ratio", "colour_coherence", "1", 0.0, 1.0),
    ("ccv_green_incoherent_ratio", "colour_coherence", "1", 0.0, 1.0),
    ("ccv_blue_coherent_ratio", "colour_coherence", "1", 0.0, 1.0),
    ("ccv_blue_incoherent_ratio", "colour_coherence", "1", 0.0, 1.0),
)

_CROSS_SUBBAND4: tuple[_Row, ...] = (
    ("wavelet_lh_hl_corr_l1", "cross_subband", "1", -1.0, 1.0),
    ("wavelet_lh_cross_level_corr", "cross_subband", "1", -1.0, 1.0),
    ("wavelet_hl_cross_level_corr", "cross_subband", "1", -1.0, 1.0),
    ("wavelet_hh_energy_ratio", "cross_subband", "1", 0.0, inf),
)

_LINEWORK8: tuple[_Row, ...] = (
    ("line_thickness_mean", "linework", "pixel", 0.0, 361.0),
    ("line_thickness_std", "linework", "pixel", 0.0, 361.0),
    ("line_thickness_cv", "linework", "1", 0.0, inf),
    ("line_density", "linework", "1", 0.0, 1.0),
    ("line_straightness", "linework", "1", 0.0, inf),
    ("edge_sharpness_mean", "linework", "1", 0.0, 5.66),
    ("edge_sharpness_std", "linework", "1", 0.0, 2.83),
    ("medium_consistency", "linework", "1", 0.0, 0.25),
)


def _schema(name: str, rows: Iterable[_Row]) -> Schema:
    features = (
        Feature(name=feature, group=group, unit=unit, low=low, high=high)
        for feature, group, unit, low, high in rows
    )
    return Schema(name=name, version=1, features=tuple(features))


HC148 = _schema("hc148", _HC148)
"""The 148 features that every vector begins with."""

COLOR_COHERENCE6 = _schema("color_coherence6", _COLOR_COHERENCE6)
CROSS_SUBBAND4 = _schema("cross_subband4", _CROSS_SUBBAND4)
LINEWORK8 = _schema("linework8", _LINEWORK8)

SCHEMAS = {schema.name: schema for schema in (HC148, COLOR_COHERENCE6, CROSS_SUBBAND4, LINEWORK8)}
"""All schemas by name; the first is the default, the others are optional."""

ALL_GROUPS = tuple(SCHEMAS)
"""Names that ``extract`` takes, in their order."""


def schemas(groups: Sequence[str]) -> tuple[Schema, ...]:
    """The schemas of the given names.

    Raises:
        ValueError: a name is unknown or given twice; the message lists the known ones.
    """
    unknown = [name for name in groups if name not in SCHEMAS]
    if unknown or len(set(groups)) != len(groups) or not groups:
        raise ValueError(f"groups must be different names out of {', '.join(ALL_GROUPS)}, not {list(groups)}")
    return tuple(SCHEMAS[name] for name in groups)
