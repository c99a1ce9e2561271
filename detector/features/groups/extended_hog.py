"""Extended HOG (6): gradient energy at two cell sizes."""

from __future__ import annotations

from detector.features.arrays import EPS0
from detector.features.canvas import Canvas
from detector.features.operators.histogram import entropy, histogram


def extended_hog(canvas: Canvas) -> dict[str, float]:
    """Energy and entropy of the HOG vectors with cells of 8 and 32 pixels, and ratios of them.

    Units: energies 0 to 900 and 0 to 36 (one for each block); entropies in nat, 0 to ln 50.

    Source: hc148 specification, section 3.19; doi:10.1109/CVPR.2005.177.
    """
    fine, coarse = canvas.hog(8), canvas.hog(32)
    fine_energy, coarse_energy = float((fine * fine).sum()), float((coarse * coarse).sum())
    return {
        "hog_fine_energy": fine_energy,
        "hog_fine_entropy": entropy(histogram(fine, 50)),
        "hog_coarse_energy": coarse_energy,
        "hog_coarse_entropy": entropy(histogram(coarse, 50)),
        "hog_fine_coarse_ratio": fine_energy / (coarse_energy + EPS0),
        "hog_energy_ratio_to_mean": fine_energy / (float(fine.mean()) + EPS0),
    }
