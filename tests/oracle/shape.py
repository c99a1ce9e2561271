"""Oriented gradients, edges, strokes and fractal dimension, plainly."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from skimage.feature import graycomatrix, graycoprops

from .common import EPS0, Map, Plain, Values, edges, entropy, kurtosis_and_skewness, oriented_gradients


def shape(picture: Plain) -> Values:
    vector = oriented_gradients(picture.gray, 16)
    kurtosis, skewness = kurtosis_and_skewness(vector)
    return {
        "hog_mean": float(vector.mean()),
        "hog_variance": float(vector.var()),
        "hog_kurtosis": kurtosis,
        "hog_skewness": skewness,
        "hog_entropy": entropy(np.histogram(vector, bins=50)[0]),
        "edgelen": float(edges(picture.gray).sum()),
    }


def extended_hog(picture: Plain) -> Values:
    fine, coarse = oriented_gradients(picture.gray, 8), oriented_gradients(picture.gray, 32)
    fine_energy, coarse_energy = float((fine**2).sum()), float((coarse**2).sum())
    return {
        "hog_fine_energy": fine_energy,
        "hog_fine_entropy": entropy(np.histogram(fine, bins=50)[0]),
        "hog_coarse_energy": coarse_energy,
        "hog_coarse_entropy": entropy(np.histogram(coarse, bins=50)[0]),
        "hog_fine_coarse_ratio": fine_energy / (coarse_energy + EPS0),
        "hog_energy_ratio_to_mean": float(fine_energy / (fine.mean() + EPS0)),
    }


def edge_cooccurrence(picture: Plain) -> Values:
    vertical, horizontal = ndimage.sobel(picture.gray, axis=0), ndimage.sobel(picture.gray, axis=1)
    directions = ((np.arctan2(vertical, horizontal) + np.pi) / (2 * np.pi) * 8).astype(np.uint8) % 8
    directions[~edges(picture.gray)] = 0
    matrix = graycomatrix(directions, [1], [0.0, np.pi / 2], levels=8, symmetric=True, normed=True)
    values: Values = {}
    for name in ("contrast", "homogeneity", "energy", "correlation"):
        found = graycoprops(matrix, name)
        values[f"edge_cooc_{name}_mean"] = float(found.mean())
        values[f"edge_cooc_{name}_std"] = float(found.std())
    return values


def _box_dimension(mask: Map) -> float:
    sides, counts = [], []
    for side in (2, 4, 8, 16, 32, 64):
        n = 255 // side
        boxes = mask[: n * side, : n * side].reshape(n, side, n, side).any(axis=(1, 3)).sum()
        if boxes > 0:
            sides.append(side)
            counts.append(boxes)
    if len(counts) < 2:
        return 1.0
    return float(np.polyfit(np.log(1.0 / np.array(sides)), np.log(counts), 1)[0])


def fractal(picture: Plain) -> Values:
    return {
        "fractal_dim_gray": _box_dimension(picture.gray > np.median(picture.gray)),
        "fractal_dim_edges": _box_dimension(edges(picture.gray)),
    }


def stroke(picture: Plain) -> Values:
    names = ("roughness", "length_var", "curvature_mean", "curvature_std")
    values = {f"stroke_edge_{name}": 0.0 for name in names}
    found = edges(picture.gray, sigma=1.5)
    if found.sum() < 20:
        return values
    slope = np.sqrt(ndimage.sobel(picture.gray, axis=1) ** 2 + ndimage.sobel(picture.gray, axis=0) ** 2)
    wide = ndimage.binary_dilation(slope > np.percentile(slope, 80), iterations=2)
    strokes = found & wide
    if strokes.sum() <= 5:
        return values
    values["stroke_edge_roughness"] = float(strokes.sum() / (wide.sum() + EPS0))
    labels, count = ndimage.label(ndimage.binary_dilation(strokes))
    areas = [int((labels == k).sum()) for k in range(1, min(count, 49) + 1)]
    areas = [area for area in areas if area > 3]
    values["stroke_edge_length_var"] = float(np.var(areas)) if len(areas) >= 2 else 0.0
    y, x = np.nonzero(strokes)
    if len(y) > 10:
        turns = np.abs(np.diff(np.arctan2(np.diff(y), np.diff(x))))
        turns = np.minimum(turns, 2 * np.pi - turns)
        values["stroke_edge_curvature_mean"] = float(turns.mean())
        values["stroke_edge_curvature_std"] = float(turns.std())
    return values
