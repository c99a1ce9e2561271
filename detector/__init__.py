"""artgate's detector: bytes or pixels in, verdicts out. Without clock, network, database or settings.

::

    from detector import load_bundle

    verdict = load_bundle().detect(data)

What is heavy is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.bundle import STARTER, Bundle
    from detector.decode import DECODE_VERSION, DecodeLimits
    from detector.detect import WEIGHTS, Detector, load_bundle
    from detector.picture import Picture, PictureFacts
    from detector.policy import Label, Policy, Thresholds
    from detector.reasons import ArtgateError, Fault, Reason, Rejected, Transient
    from detector.vector import Vector, VectorSchema
    from detector.verdict import Verdict, VetoOutcome

__all__ = [
    "DECODE_VERSION",
    "STARTER",
    "WEIGHTS",
    "ArtgateError",
    "Bundle",
    "DecodeLimits",
    "Detector",
    "Fault",
    "Label",
    "Picture",
    "PictureFacts",
    "Policy",
    "Reason",
    "Rejected",
    "Thresholds",
    "Transient",
    "Vector",
    "VectorSchema",
    "Verdict",
    "VetoOutcome",
    "load_bundle",
]

_PLACES = {
    "bundle": ("STARTER", "Bundle"),
    "decode": ("DECODE_VERSION", "DecodeLimits"),
    "detect": ("WEIGHTS", "Detector", "load_bundle"),
    "picture": ("Picture", "PictureFacts"),
    "policy": ("Label", "Policy", "Thresholds"),
    "reasons": ("ArtgateError", "Fault", "Reason", "Rejected", "Transient"),
    "vector": ("Vector", "VectorSchema"),
    "verdict": ("Verdict", "VetoOutcome"),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
