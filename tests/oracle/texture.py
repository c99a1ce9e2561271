"""Co-occurrence, local binary patterns, Gabor's bank and patches, plainly."""

from __future__ import annotations

import numpy as np
from scipy import fft
from skimage.feature import (
    graycomatrix,
    graycoprops,
    local_binary_pattern,
)
from skimage.filters import gabor as gabor_filter

from .common import (
    EPS0,
    Array,
    Bytes,
    Plain,
    Values,
    correlation,
    edges,
    entropy,
    kurtosis_and_skewness,
    patches,
    variation,
)

_LEFT_OUT = set(range(225)) - set(np.random.default_rng(42).choice(225, 200, replace=False).tolist())


def _codes(gray8: Bytes, points: int, radius: int) -> Array:
    codes: Array = local_binary_pattern(gray8, points, radius, method="uniform")
    return codes


def texture(picture: Plain) -> Values:
    matrix = graycomatrix(picture.gray8, [1], [0], levels=256, symmetric=True, normed=True)
    codes = _codes(picture.gray8, 8, 1)
    return {
        name: float(graycoprops(matrix, name)[0, 0])
        for name in ("contrast", "correlation", "energy", "homogeneity")
    } | {"lbp_entropy": entropy(np.histogram(codes, bins=10)[0]), "lbp_variance": float(codes.var())}


def enhanced_texture(picture: Plain) -> Values:
    angles = [0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    matrix = graycomatrix(picture.gray8, [1, 3], angles, levels=256, symmetric=True, normed=True)
    values: Values = {}
    for name in ("contrast", "correlation", "energy", "homogeneity"):
        found = graycoprops(matrix, name)
        values[f"glcm_multi_{name}_mean"] = float(found.mean())
        values[f"glcm_multi_{name}_std"] = float(found.std())
    share = np.bincount(_codes(picture.gray8, 8, 1).astype(int).ravel(), minlength=10) / 65025
    kurtosis, skewness = kurtosis_and_skewness(share)
    energies = []
    for block in patches(picture.gray, 8):
        power = fft.dctn(block, norm="ortho") ** 2
        energies.append(power.sum() - power[0, 0])
    return values | {
        "lbp_hist_kurtosis": kurtosis,
        "lbp_hist_skew": skewness,
        "lbp_hist_max": float(share.max()),
        "lbp_coarse_entropy": entropy(np.histogram(_codes(picture.gray8, 16, 2), bins=18)[0]),
        "dct_block_energy_mean": float(np.mean(energies)),
        "dct_block_energy_std": float(np.std(energies)),
    }


def multiscale_lbp(picture: Plain) -> Values:
    values: Values = {}
    for scale, points in ((1, 8), (2, 16), (3, 24)):
        codes = _codes(picture.gray8, points, scale)
        values[f"mslbp_s{scale}_mean"] = float(codes.mean())
        values[f"mslbp_s{scale}_var"] = float(codes.var())
    share = np.bincount(codes.astype(int).ravel(), minlength=26) / 65025
    return values | {"mslbp_s3_entropy": entropy(share), "mslbp_s3_uniformity": float(share.max())}


def gabor(picture: Plain) -> Values:
    values: Values = {}
    for i, frequency in enumerate((0.1, 0.2, 0.3, 0.4)):
        for j, angle in enumerate((0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)):
            real, imaginary = gabor_filter(picture.gray, frequency=frequency, theta=angle)
            values[f"gabor_f{i}_t{j}_energy"] = float(np.sqrt(real**2 + imaginary**2).mean())
    energies = list(values.values())
    return values | {
        "gabor_mean_energy": float(np.mean(energies)),
        "gabor_std_energy": float(np.std(energies)),
    }


def patch_consistency(picture: Plain) -> Values:
    frequency = np.fft.fftfreq(32)
    weight = np.sqrt(frequency[:, None] ** 2 + frequency**2)
    means, deviations, densities, centroids = [], [], [], []
    for patch in patches(picture.gray, 32):
        magnitude = np.abs(np.fft.fft2(patch))
        means.append(patch.mean())
        deviations.append(patch.std())
        densities.append(edges(patch).mean())
        centroids.append((magnitude * weight).sum() / (magnitude.sum() + EPS0))
    return {
        "patch_mean_cv": variation(np.array(means)),
        "patch_std_cv": variation(np.array(deviations)),
        "patch_edge_cv": variation(np.array(densities)),
        "patch_freq_centroid_cv": variation(np.array(centroids)),
        "patch_freq_centroid_range": float(np.max(centroids) - np.min(centroids)),
        "patch_coherence_score": correlation(np.array(means), np.array(deviations)),
    }


def self_similarity(picture: Plain) -> Values:
    chosen = [p.ravel() for k, p in enumerate(patches(picture.gray, 16)) if k not in _LEFT_OUT]
    vectors = np.array([v / (np.linalg.norm(v) + EPS0) for v in chosen])
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -1.0)
    nearest = cosine.max(axis=1)
    return {
        "selfsim_min_dist": float(1.0 - nearest.max()),
        "selfsim_mean_min_dist": float(1.0 - nearest.mean()),
        "selfsim_near_duplicate_ratio": float((nearest > 0.95).mean()),
        "selfsim_dist_std": float(nearest.std()),
    }
