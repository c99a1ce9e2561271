"""Shape (6): statistics of gradient orientation, and the amount of edges."""

from __future__ import annotations

from detector.features.canvas import Canvas
from detector.features.operators.histogram import entropy, histogram
from detector.features.operators.moments import moments


def shape(canvas: Canvas) -> dict[str, float]:
    """Moments and entropy of the HOG vector with cells of 16 pixels; number of Canny pixels.

    The entropy takes 50 bins over the vector's own range; kurtosis and skewness are nan where there is no
    gradient. Units: HOG values in [0, 1]; entropy in nat; edgelen in pixels.

    Source: hc148 specification, section 3.4; doi:10.1109/CVPR.2005.177, doi:10.1109/TPAMI.1986.4767851.
    """
    vector = canvas.hog(16)
    m = moments(vector)
    return {
        "hog_mean": m.mean,
        "hog_variance": m.variance,
        "hog_kurtosis": m.kurtosis,
        "hog_skewness": m.skewness,
        "hog_entropy": entropy(histogram(vector, 50)),
        "edgelen": float(canvas.edges().sum()),
    }
