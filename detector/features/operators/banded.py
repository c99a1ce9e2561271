"""One-dimensional filters as products with narrow banded matrices.

Fifteen outputs of a filter with 2 n + 1 taps need 15 + 2 n neighbouring samples: a dense product with a
narrow band of shifted copies of the kernel. A BLAS does that faster than a filter goes tap by tap, for all
the zeros in the band. 255 is seventeen times 15.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from detector.features.arrays import Real, Single

BLOCK = 15


def band(kernel: Real) -> Single:
    """Shifted copies of a kernel of any odd length, one a column: float32 (BLOCK + taps - 1, BLOCK)."""
    matrix = np.zeros((BLOCK + kernel.size - 1, BLOCK), dtype=np.float32)
    for shift in range(BLOCK):
        matrix[shift : shift + kernel.size, shift] = kernel
    return matrix


def filter_down(image: Single, matrix: Single) -> Single:
    """Correlate every column with a kernel.

    Args:
        image: float32 (rows + taps - 1, columns), its border added; rows are a multiple of BLOCK.
        matrix: ``band`` of the kernel.

    Returns:
        float32 (rows, columns).
    """
    windows = sliding_window_view(image, len(matrix), axis=0)[::BLOCK]
    filtered: Single = (matrix.T @ windows.swapaxes(1, 2)).reshape(-1, image.shape[1])
    return filtered


def filter_across(image: Single, matrix: Single) -> Single:
    """Correlate every row with a kernel.

    Args:
        image: float32 (rows, columns + taps - 1), its border added; columns are a multiple of BLOCK.
        matrix: ``band`` of the kernel.

    Returns:
        float32 (blocks * rows, BLOCK): blocks of columns, one below the other.
    """
    windows = sliding_window_view(image, len(matrix), axis=1)[:, ::BLOCK]
    filtered: Single = (windows.swapaxes(0, 1) @ matrix).reshape(-1, BLOCK)
    return filtered
