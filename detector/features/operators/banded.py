"""Banks of one-dimensional filters as products with small banded matrices.

Fifteen outputs of a filter with 2 n + 1 taps need 15 + 2 n neighbouring samples: a dense product with a
narrow band of shifted kernels, for all kernels of a bank at once. A BLAS does that faster than separable
filters go tap by tap, for all the zeros in the band. 255 is seventeen times 15. The border is half-sample
symmetric.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from detector.features.arrays import Real

BLOCK = 15


def bands(kernels: Real) -> Real:
    """Shifted copies of kernels (m, taps), one a column: (BLOCK + taps - 1, m * BLOCK)."""
    count, taps = kernels.shape
    matrix = np.zeros((BLOCK + taps - 1, count, BLOCK))
    for shift in range(BLOCK):
        matrix[shift : shift + taps, :, shift] = kernels.T
    return matrix.reshape(BLOCK + taps - 1, count * BLOCK)


def _bordered(image: Real, half: int, *, across: bool) -> Real:
    wide, tall = (half, 0) if across else (0, half)
    return np.asarray(cv2.copyMakeBorder(image, tall, tall, wide, wide, cv2.BORDER_REFLECT), dtype=np.float64)


def _windows(image: Real, size: int, axis: int) -> npt.NDArray[np.float64]:
    """Overlapping windows of ``size`` samples along an axis, one every BLOCK samples; they come last."""
    steps = [slice(None), slice(None)]
    steps[axis] = slice(None, None, BLOCK)
    return sliding_window_view(image, size, axis=axis)[tuple(steps)]


def filter_rows(image: Real, matrix: Real) -> Real:
    """Correlate every row of ``image`` with each kernel.

    Args:
        image: float64 (rows, columns), columns a multiple of BLOCK.
        matrix: ``bands`` of m kernels.

    Returns:
        float64 (rows, m, columns).
    """
    size, outputs = matrix.shape
    bordered = _bordered(image, (size - BLOCK) // 2, across=True)
    windows = _windows(bordered, size, axis=1).transpose(1, 0, 2)
    blocks, rows = windows.shape[:2]
    product = (windows @ matrix).reshape(blocks, rows, outputs // BLOCK, BLOCK)
    return product.transpose(1, 2, 0, 3).reshape(rows, outputs // BLOCK, blocks * BLOCK)


def filter_columns(stack: Real, matrix: Real) -> Real:
    """Correlate every column of a stack of pictures with each kernel.

    Args:
        stack: float64 (rows, pictures, columns), rows a multiple of BLOCK; what ``filter_rows`` returns.
        matrix: ``bands`` of m kernels.

    Returns:
        float64 (m, pictures, blocks, BLOCK, columns), a view; rows are cut into blocks.
    """
    size, outputs = matrix.shape
    rows, pictures, columns = stack.shape
    bordered = _bordered(stack.reshape(rows, -1), (size - BLOCK) // 2, across=False)
    windows = _windows(bordered, size, axis=0).transpose(0, 2, 1)
    product = matrix.T @ windows
    cut = product.reshape(rows // BLOCK, outputs // BLOCK, BLOCK, pictures, columns)
    return cut.transpose(1, 3, 0, 2, 4)
