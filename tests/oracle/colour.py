"""Brightness, colour, colour-gradient curvature and JPEG ghosts, plainly."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2hsv, rgb2lab

from .common import Array, Plain, Values, entropy, kurtosis_and_skewness


def brightness(picture: Plain) -> Values:
    counts, _ = np.histogram(picture.gray, bins=256, range=(0.0, 1.0))
    return {"mean_brightness": float(picture.gray.mean()), "entropy_brightness": entropy(counts)}


def _joint_entropy(channels: Array) -> float:
    counts, _ = np.histogramdd(channels.reshape(-1, 3), bins=(32, 32, 32))
    return entropy(counts)


def colour(picture: Plain) -> Values:
    values: Values = {}
    rgb = picture.rgb.astype(np.float64)
    hsv: Array = rgb2hsv(picture.u)
    for name, plane in zip(("red", "green", "blue"), np.moveaxis(rgb, -1, 0), strict=True):
        values[f"{name}_mean"], values[f"{name}_variance"] = float(plane.mean()), float(plane.var())
        values[f"{name}_kurtosis"], values[f"{name}_skewness"] = kurtosis_and_skewness(plane)
    for name, plane in zip(("hue", "saturation", "value"), np.moveaxis(hsv, -1, 0), strict=True):
        values[f"{name}_variance"] = float(plane.var())
        values[f"{name}_kurtosis"], values[f"{name}_skewness"] = kurtosis_and_skewness(plane)
    return values | {"rgb_entropy": _joint_entropy(rgb), "hsv_entropy": _joint_entropy(hsv)}


def _slope(plane: Array) -> Array:
    return np.sqrt(ndimage.sobel(plane, axis=0) ** 2 + ndimage.sobel(plane, axis=1) ** 2)


def colour_gradient(picture: Plain) -> Values:
    lab: Array = rgb2lab(picture.u)
    strength = _slope(lab[..., 1]) + _slope(lab[..., 2])
    low, high = np.percentile(strength, 30), np.percentile(strength, 70)
    mask = (strength > low) & (strength < high)
    bends: list[float] = []
    saturation: list[float] = []
    lightness: list[float] = []
    for y in range(0, 255, 8) if mask.sum() >= 100 else ():
        path = lab[y, mask[y]]
        if len(path) < 10:
            continue
        t = np.linspace(0.0, 1.0, len(path))[:, None]
        straight = path[0] + t * (path[-1] - path[0])
        bends.append(float(np.linalg.norm(path - straight, axis=1).mean()))
        chroma = np.hypot(path[:, 1], path[:, 2])
        for along, dips in ((chroma, saturation), (path[:, 0], lightness)):
            ends = (along[0] + along[-1]) / 2.0
            if ends > 1.0:
                dips.append(float(along.min() / ends))
    return {
        "color_grad_curvature_mean": float(np.mean(bends)) if bends else 0.0,
        "color_grad_curvature_std": float(np.std(bends)) if bends else 0.0,
        "blend_saturation_dip": float(np.mean(saturation)) if saturation else 0.0,
        "blend_lightness_dip": float(np.mean(lightness)) if lightness else 0.0,
    }


def jpeg_ghost(picture: Plain) -> Values:
    errors = {}
    for quality in (50, 70, 90):
        file = io.BytesIO()
        Image.fromarray(picture.rgb8).save(file, format="JPEG", quality=quality)
        with Image.open(file) as image:
            read = np.asarray(image.convert("RGB"), dtype=np.float64)
        errors[quality] = float(np.sqrt(np.mean((picture.rgb8 - read) ** 2)))
    values = {f"jpeg_ghost_q{quality}_rmse": error for quality, error in errors.items()}
    return values | {"jpeg_ghost_rmse_slope": errors[50] - errors[90] if errors[50] > 0.0 else 0.0}
