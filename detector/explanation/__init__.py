"""Why a verdict is what it is: a picture's numbers beside those of the training, and what each did."""

from __future__ import annotations

from detector.explanation.contributions import read_ahead
from detector.explanation.explanation import explain
from detector.explanation.records import Explanation, MemberSaid, Moved, MovedFeature, VetoSaid

__all__ = ["Explanation", "MemberSaid", "Moved", "MovedFeature", "VetoSaid", "explain", "read_ahead"]
