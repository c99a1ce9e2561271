"""Names of the arrays that the features pass around, by meaning rather than by type."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""(rows, columns, 3) red, green and blue, 0 to 255."""

Levels: TypeAlias = npt.NDArray[np.uint8]
"""(rows, columns) integer gray levels or codes, 0 to 255."""

Real: TypeAlias = npt.NDArray[np.float64]
"""Binary64 values of any shape; the docstrings say which."""

Single: TypeAlias = npt.NDArray[np.float32]
"""Binary32 values of any shape."""

Mask: TypeAlias = npt.NDArray[np.bool_]
"""(rows, columns) truth of something at each pixel."""

Counts: TypeAlias = npt.NDArray[np.signedinteger]
"""How often each bin, level or code occurs; or the bin of each value."""

Indices: TypeAlias = npt.NDArray[np.intp]
"""Places in an array."""

SIDE = 255
"""Rows and columns of the canvas on which every feature is computed."""

PIXELS = SIDE * SIDE
"""Pixels of the canvas; n of the specification."""

EPS0 = 1e-10
"""Guards divisions and logarithms; eps0 of the specification."""
