"""What a bundle remembers of the pictures that it was trained on.

Enough to say that a picture was among them, which of them are like it, and where its features lie among those
of people's pictures; too little to show any of them.
"""

from __future__ import annotations

from detector.memory.memory import NEAR_BITS, Memory, Neighbour, Remembered
from detector.memory.reference import Reference
from detector.memory.space import Space

__all__ = ["NEAR_BITS", "Memory", "Neighbour", "Reference", "Remembered", "Space"]
