"""JPEG ghosts (4): traces of earlier compression.

H. Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS 4 (2009), doi:10.1109/TIFS.2008.2012215.
"""

from __future__ import annotations

import cv2
import numpy as np

from detector.features.arrays import Pixels
from detector.features.canvas import Canvas


def _recompression_error(bgr: Pixels, quality: int) -> float:
    """Root mean square difference to the picture after baseline JPEG, in levels; 0 where encoding fails."""
    try:
        _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error:
        return 0.0
    read = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    return float(cv2.norm(bgr, read, cv2.NORM_L2) / np.sqrt(bgr.size)) if read is not None else 0.0


def jpeg_ghost(canvas: Canvas) -> dict[str, float]:
    """What qualities 50, 70 and 90 change (4:2:0, standard tables), and the first minus the last.

    Depends on the JPEG library: libjpeg-turbo 3.1 and 3.2 agree bit for bit. A black picture has 1.0 at
    quality 70 (kept; specification, section 5.21). Levels, 0 to 255.

    Source: hc148 specification, section 3.20.
    """
    bgr = np.ascontiguousarray(canvas.rgb8[..., ::-1])
    error = {quality: _recompression_error(bgr, quality) for quality in (50, 70, 90)}
    return {f"jpeg_ghost_q{quality}_rmse": value for quality, value in error.items()} | {
        "jpeg_ghost_rmse_slope": error[50] - error[90] if error[50] > 0.0 else 0.0
    }
