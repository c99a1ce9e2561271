"""Digital source types: IPTC's words for how a picture came to be, with C2PA's additions.

Source: IPTC NewsCodes, http://cv.iptc.org/newscodes/digitalsourcetype/; C2PA specification 2.1.
"""

from __future__ import annotations

from detector.provenance.claim import Claim, Kind

_TYPES = {
    "trainedAlgorithmicMedia": (Kind.GENERATOR, "made by a trained model"),
    "compositeWithTrainedAlgorithmicMedia": (Kind.COMPOSITE, "edited or composed with a trained model"),
    "compositeSynthetic": (Kind.COMPOSITE, "composed of parts of which some are synthetic"),
    "algorithmicMedia": (Kind.TOOL, "made by a procedure that was not trained"),
    "algorithmicallyEnhanced": (Kind.TOOL, "enhanced by a procedure"),
    "dataDrivenMedia": (Kind.TOOL, "drawn from data"),
    "virtualRecording": (Kind.TOOL, "recorded in a virtual scene"),
    "screenCapture": (Kind.TOOL, "captured from a screen"),
    "composite": (Kind.TOOL, "composed of several parts"),
    "compositeCapture": (Kind.CAPTURE, "composed of several captures"),
    "digitalCapture": (Kind.CAPTURE, "captured by a digital camera"),
    "computationalCapture": (Kind.CAPTURE, "captured and computed by a camera"),
    "negativeFilm": (Kind.CAPTURE, "digitised from a negative"),
    "positiveFilm": (Kind.CAPTURE, "digitised from a slide"),
    "print": (Kind.CAPTURE, "digitised from paper"),
    "digitalCreation": (Kind.HAND, "made by a person with software"),
    "digitalArt": (Kind.HAND, "made by a person with software"),
    "softwareImage": (Kind.TOOL, "made by software"),
    "humanEdits": (Kind.HAND, "edited by a person"),
    "minorHumanEdits": (Kind.HAND, "edited slightly by a person"),
    "empty": (Kind.HAND, "begun as an empty canvas"),
}
"""By the last part of the address."""
_FOLDED = {name.lower(): found for name, found in _TYPES.items()}


def source_claim(source: str, written: str) -> Claim:
    """What a digital source type says.

    Args:
        source: where it stands.
        written: the address, or its last part.
    """
    name = written.rstrip("/").rpartition("/")[2]
    kind, words = _FOLDED.get(name.lower(), (Kind.TOOL, "a source type that artgate does not know"))
    return Claim.of(kind, source, f"{name} ({words})")
