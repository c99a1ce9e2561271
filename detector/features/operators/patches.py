"""Square patches on a grid from the upper left corner."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

_Scalar = TypeVar("_Scalar", bound=np.generic)


def patches(image: npt.NDArray[_Scalar], side: int) -> npt.NDArray[_Scalar]:
    """Whole patches of ``side`` pixels in raster order, (count, side, side).

    Of 255 pixels the last 7, 15 or 31 are in no patch of 8, 16 or 32; kept from the original
    (specification, sections 2.20 and 5.9).
    """
    count = image.shape[0] // side
    used = image[: count * side, : count * side]
    grid = used.reshape(count, side, count, side).swapaxes(1, 2)
    return grid.reshape(count * count, side, side)
