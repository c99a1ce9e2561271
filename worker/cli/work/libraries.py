"""The libraries whose versions stand beside a result, for whoever repeats it."""

from __future__ import annotations

from importlib.metadata import version

_LIBRARIES = (
    "lightgbm",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "scikit-learn",
    "scipy",
    "timm",
    "torch",
)


def versions() -> dict[str, str]:
    """The installed version of each, by name."""
    return {name: version(name) for name in _LIBRARIES}
