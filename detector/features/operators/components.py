"""Connected components of binary maps, numbered by their first pixel in raster order."""

from __future__ import annotations

from typing import Literal, cast

import cv2
import numpy as np
import numpy.typing as npt

from detector.features.arrays import Counts, Mask
from detector.features.operators.histogram import level_counts

Labels = npt.NDArray[np.int32]


def label(mask: Mask, connectivity: Literal[4, 8]) -> tuple[int, Labels]:
    """Number the components of ``mask`` from 1.

    Returns:
        The number of labels including the background 0, and int32 labels of the mask's shape. For
        connectivity 4 the numbers follow the first pixel of each component in raster order; for 8 no
        order is promised.
    """
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=connectivity, ltype=cv2.CV_32S)
    return count, cast("Labels", labels)


def areas(mask: Mask, connectivity: Literal[4, 8]) -> Counts:
    """Pixels of each component of ``mask``, in the order of their numbers."""
    count, labels = label(mask, connectivity)
    return level_counts(labels, count)[1:]
